import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EchoApi, failureOf, required, type Sent, thing } from "../../support/echo-api.ts";
import { basic } from "../../support/raw-request.ts";

let api: EchoApi;

beforeAll(async () => {
  api = await EchoApi.start();
});

afterAll(() => api.close());

const send = (method: string, path: string, sent?: Sent) => api.send(method, path, sent);
const change = (body: unknown, query = "") => send("PUT", `/things/1${query}`, { body });

const malformed = { code: "BAD_REQUEST", message: "Invalid json message received" };
const notJson = { code: "UNSUPPORTED_MEDIA_TYPE", message: "content-type:application/json Required" };

describe("the order of checks", () => {
  test("credentials and role come before the body", async () => {
    const sent = { body: "{bad" };
    expect((await send("PUT", "/things", { ...sent, authorization: basic("nobody") })).status).toBe(401);
    expect((await send("PUT", "/things", { ...sent, authorization: basic("viewer") })).status).toBe(403);
    expect((await send("PUT", "/things", sent)).status).toBe(400);
  });

  test("malformed JSON comes before parameters, and parameters before fields and content type", async () => {
    expect((await change("{bad", "?page=0")).json).toMatchObject(malformed);
    expect(failureOf(await change({ surprise: 1 }, "?page=0"))).toMatchObject({ path: "page" });
    const plain = await send("PUT", "/things/1?page=0", { body: "hello", type: "text/plain" });
    expect(failureOf(plain)).toMatchObject({ path: "page" });
  });

  test("the first wrong parameter in the order of the declaration is reported alone", async () => {
    expect(failureOf(await change(thing(), "?fast=1&limit=0&page=0"))).toMatchObject({ path: "page" });
    expect(failureOf(await send("PUT", "/things/%ff?page=0", { body: thing() }))).toMatchObject({
      path: "id",
    });
  });
});

describe("a JSON body", () => {
  test.each(["{bad", '{"a":"x"} x', "{'a':1}", "[1,]", "NaN", " "])("%j is malformed", async (body) => {
    const { status, json } = await send("PUT", "/things", { body });
    expect([status, json]).toMatchObject([400, malformed]);
  });

  test.each([
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/json ;x",
    " application/json",
  ])("may have the type %j", async (type) => {
    expect((await send("PUT", "/things", { body: { a: "x" }, type })).json.body).toEqual({ a: "x" });
  });

  test.each([
    ["line breaks", '{"a":"line 1\r\nline 2"}', "line 1\r\nline 2"],
    ["tabs, between escapes", '{\n\t"a":"\\"\t\\\\"}', '"\t\\'],
  ])("may hold %s inside texts", async (_, body, a) => {
    expect((await send("PUT", "/things", { body })).json.body).toEqual({ a });
  });

  test("may begin with a byte order mark, and hold bytes that are not UTF-8", async () => {
    const body = Buffer.concat([Buffer.from('\ufeff{"a":"x'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect((await send("PUT", "/things", { body })).json.body).toEqual({ a: "x\ufffd" });
  });

  test("may name a field twice", async () => {
    expect((await send("PUT", "/things", { body: '{"a":"x","a":"y"}' })).status).toBe(200);
  });

  test("may come from the gateway in base64", async () => {
    const encoding = await EchoApi.start((run) => (event, ...rest) => {
      const body = Buffer.from(event.body ?? "").toString("base64");
      return run({ ...event, body, isBase64Encoded: true }, ...rest);
    });
    const { json } = await encoding.send("PUT", "/things", { body: { a: "é" } });
    await encoding.close();
    expect(json.body).toEqual({ a: "é" });
  });

  test("counts a field that is null as absent, at every depth, and a null in a list as itself", async () => {
    expect((await change(thing({ qos: null, more: null }))).json.body).toEqual(thing({ qos: 0 }));
    expect(failureOf(await change(thing({ more: { a: null } })))).toEqual(required("root.more.a"));
    expect(failureOf(await send("POST", "/things", { body: [null] }))).toEqual({
      kind: "validation_error",
      path: "root.1",
      reason: "bad_value_for_struct",
      value: null,
    });
  });

  test.each([[undefined], [""], [null]])("that is %j counts as one without fields", async (body) => {
    expect((await send("PUT", "/things", { body })).json.body).toEqual({});
    expect(failureOf(await change(body))).toEqual([required("root.name"), required("root.level")]);
  });
});

describe("415", () => {
  test.each([
    undefined,
    "text/plain",
    "application/vnd.api+json",
    "application/jsonx",
    "multipart/form-data; boundary=x",
  ])("answers a body of the type %j", async (type) => {
    const { status, json } = await send("PUT", "/things", { body: '{"a":"x"}', type });
    expect([status, json]).toMatchObject([415, notJson]);
  });

  test("answers a bare JSON text, as EMQX does", async () => {
    expect(await send("PUT", "/things", { body: '"text"' })).toMatchObject({ status: 415, json: notJson });
  });

  test("does not answer a missing body of another type", async () => {
    expect((await send("PUT", "/things", { type: "text/plain" })).status).toBe(200);
  });
});

describe.each(["GET", "DELETE"])("a body of %s", (method) => {
  test("is refused if it is malformed", async () => {
    expect((await send(method, "/things/1", { body: "{bad" })).json).toMatchObject(malformed);
  });

  test("does not matter otherwise, whatever its type", async () => {
    for (const sent of [{ body: [1] }, { body: '"text"' }, { body: "{bad", type: "text/plain" }]) {
      expect((await send(method, "/things/1", sent)).status).toBe(200);
    }
  });
});
