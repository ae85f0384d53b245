import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EchoApi, failureOf, required, type Sent, thing } from "../../support/echo-api.ts";

let api: EchoApi;

beforeAll(async () => {
  api = await EchoApi.start();
});

afterAll(() => api.close());

const send = (method: string, path: string, sent?: Sent) => api.send(method, path, sent);
const change = (body: unknown, query = "") => send("PUT", `/things/1${query}`, { body });
describe("a failure names path and reason", () => {
  test.each([
    [thing({ qos: 3 }), { path: "root.qos", reason: "Unable to parse string", value: 3 }],
    [thing({ name: true }), { path: "root.name", reason: { expected: "binary()" }, value: true }],
    [thing({ more: [] }), { path: "root.more", reason: "bad_value_for_struct", value: [] }],
    [[thing()], { path: "root", reason: "bad_value_for_struct", value: [thing()] }],
    [5, { path: "root", reason: "bad_value_for_struct", value: 5 }],
    [{ name: "n" }, { path: "root.level", reason: "required_field" }],
  ])("%j", async (body, failure) => {
    expect(failureOf(await change(body))).toEqual({ kind: "validation_error", ...failure });
  });

  test("several failures are a list", async () => {
    expect(failureOf(await change({ name: [true], qos: 9, more: {} }))).toEqual([
      expect.objectContaining({ path: "root.name" }),
      required("root.level"),
      expect.objectContaining({ path: "root.qos", value: 9 }),
      required("root.more.a"),
    ]);
  });

  test("an unknown field hides the other failures of its object, and is shown with the names that were free", async () => {
    const body = { y: 1, x: 2, qos: 9 };
    expect(failureOf(await change(body))).toEqual({
      ...{ kind: "validation_error", path: "root", reason: "unknown_fields" },
      ...{ unknown: "x,y", unmatched: "level,more,..." },
    });
    expect(failureOf(await change(thing({ more: { a: "", b: "" } })))).toMatchObject({
      ...{ path: "root.more", unknown: "b", unmatched: "none" },
    });
  });

  test("elements of a list are counted from 1, and the first that is wrong is reported alone", async () => {
    const body = [thing(), thing({ qos: 9, name: {} }), {}];
    const failures = failureOf(await send("POST", "/things", { body }));
    expect(failures).toMatchObject([{ path: "root.2.name" }, { path: "root.2.qos" }]);
  });
});

describe("a query", () => {
  const query = async (text: string) => (await change(thing(), text)).json.query;

  test("has the declared defaults, and only declared parameters", async () => {
    expect(await query("?Page=0&unknown=1")).toEqual({ page: 1, limit: 5 });
  });

  test("gives a parameter that may be repeated all its values, and others the last", async () => {
    expect(await query("?kind=a&limit=0&kind=b&limit=7&kind=a")).toEqual({
      page: 1,
      limit: 7,
      kind: ["a", "b", "a"],
    });
  });

  test("is decoded as a form, once", async () => {
    expect(await query("?kind=a+b&kind=a%2Bb&kind=%252F&kind=%E6%B5%8B%3D%26")).toMatchObject({
      kind: ["a b", "a+b", "%2F", "测=&"],
    });
    expect(await query("?page=%2B2&limit=+3")).toEqual({ page: 2, limit: 3 });
  });

  test.each([
    ["?page=0", { path: "page", reason: { expected: "pos_integer()" }, value: 0 }],
    ["?limit=11", { path: "limit", reason: { expected: "1..10" }, value: 11 }],
    ["?limit=abc", { path: "limit", reason: { expected: "1..10" }, value: "abc" }],
    ["?limit=1.5", { path: "limit", reason: { expected: "1..10" } }],
    ["?limit=", { path: "limit", reason: { expected: "1..10" } }],
    ["?fast=1", { path: "fast", reason: "Unable to parse boolean value", value: "1" }],
  ])("%s is refused", async (text, failure) => {
    expect(failureOf(await change(thing(), text))).toMatchObject({ kind: "validation_error", ...failure });
  });
});
