import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LocalEnvironment, startLocal } from "../../../infra/local/start.ts";
import { captureLog } from "../../support/captured-log.ts";
import { runCli } from "../../support/cli.ts";
import { localOptions } from "../../support/local-options.ts";
import { basic } from "../../support/raw-request.ts";

let data: string;
let environment: LocalEnvironment;

beforeAll(async () => {
  const options = await localOptions();
  data = options.data;
  environment = await startLocal(options);
});

beforeEach(() => void captureLog());

afterAll(() => environment.close());

const key = (...args: string[]) => runCli(["key", ...args, "--data", data]);

/** Runs a command that must succeed, and reads the one document that it prints. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await key(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** The status that the running API answers a key with. */
async function statusOf(api_key: string, secret: string, method = "GET"): Promise<number> {
  const { address, port } = environment.http;
  const headers = { authorization: basic(api_key, secret) };
  return (await fetch(`http://${address}:${port}/api/v5/clients/x`, { method, headers })).status;
}

/** An administrator is told that there is no such client. */
const admitted = 404;

describe("create", () => {
  test("prints a key that works at once, and says that its secret is not shown again", async () => {
    const { code, stdout, stderr } = await key("create", "bot", "--role", "viewer", "--desc", "of a test");
    const [, name, api_key = "", secret = ""] =
      /^Name {5}(.*)\nAPI key {2}(\w{16})\nSecret {3}(\w{43})\n$/.exec(stdout) ?? [];
    expect([code, name]).toEqual([0, "bot"]);
    expect(stderr).toMatch(/^Keep the secret now: .*\n$/);
    expect(await statusOf(api_key, secret)).toBe(admitted);
    expect(await statusOf(api_key, secret, "DELETE")).toBe(403);
    expect(await statusOf(api_key, `${secret}x`)).toBe(401);
  });

  test("prints JSON in the shape of the API, of an administrator's key without an end by default", async () => {
    const made = await json("create", "plain");
    expect(made).toEqual({
      ...{ name: "plain", desc: "", role: "administrator", enable: true },
      ...{ expired: false, expired_at: "infinity", created_at: expect.stringMatching(/\+00:00$/) },
      ...{ api_key: expect.stringMatching(/^\w{16}$/), api_secret: expect.stringMatching(/^\w{43}$/) },
    });
    expect(await statusOf(made.api_key, made.api_secret, "DELETE")).toBe(admitted);
  });

  test("can make a key that is not enabled yet, and one that has an end", async () => {
    const off = await json("create", "off", "--disabled", "--expires", "infinity");
    expect(off).toMatchObject({ enable: false, expired_at: "infinity" });
    expect(await statusOf(off.api_key, off.api_secret)).toBe(401);
    const past = await json("create", "past", "--expires", "2020-01-01T02:00:00+02:00");
    expect(past).toMatchObject({ expired: true, expired_at: "2020-01-01T00:00:00+00:00" });
    expect(await statusOf(past.api_key, past.api_secret)).toBe(401);
  });

  test("refuses a name that is taken, and leaves its key as it was", async () => {
    const made = await json("create", "taken");
    expect(await key("create", "taken", "--json")).toEqual({
      ...{ code: 1, stdout: "", stderr: "There is a key of this name already.\n" },
    });
    expect(await statusOf(made.api_key, made.api_secret)).toBe(admitted);
  });

  test("says in one line what is wrong with its arguments", async () => {
    const { code, stdout, stderr } = await key("create", "x", "--role", "king");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: [^\n]+ administrator, viewer, publisher\.\n$/);
  });
});

describe("list", () => {
  test("shows a table of all keys, when they were last used, and no secret", async () => {
    const { api_key, api_secret } = await json("create", "listed");
    await statusOf(api_key, api_secret);
    const { stdout } = await key("list");
    const [head, ...lines] = stdout.trimEnd().split("\n");
    const columns = ["NAME", "API KEY", "ROLE", "ENABLED", "EXPIRES", "LAST USED"];
    const at = columns.map((name) => head?.indexOf(name) ?? -1);
    const line = lines.find((text) => text.startsWith("listed ")) ?? "";
    expect(at.map((start, n) => line.slice(start, at[n + 1]).trim())).toEqual([
      ...["listed", api_key, "administrator", "yes", "never"],
      expect.stringMatching(/^20\S+\+00:00$/),
    ]);
    expect(stdout).not.toMatch(/hash/);
    expect(stdout).not.toContain(api_secret);
  });

  test("shows in JSON what the API shows of a key, and what its table knows beyond", async () => {
    await json("create", "seen", "--role", "publisher");
    const keys: Record<string, unknown>[] = await json("list");
    expect(keys.find(({ name }) => name === "seen")).toEqual({
      ...{ name: "seen", desc: "", role: "publisher", enable: true, expired: false, expired_at: "infinity" },
      ...{ api_key: expect.any(String), created_at: expect.any(String) },
      ...{ secret_created_at: expect.any(String), previous_valid_until: null, last_used_at: null },
    });
    expect(keys.some(({ name }) => String(name).startsWith("from_bootstrap_file_"))).toBe(true);
  });
});

describe("rotate", () => {
  test("prints a new secret, and until when the one before is valid: for a day", async () => {
    const made = await json("create", "turning");
    const { stdout } = await key("rotate", "turning");
    const [, secret = "", until = ""] = /Secret {9}(\w{43})\n.* valid until (\S+)\n$/.exec(stdout) ?? [];
    expect(Math.abs(Date.parse(until) - Date.now() - 86_400_000)).toBeLessThan(60_000);
    expect(await statusOf(made.api_key, secret)).toBe(admitted);
    expect(await statusOf(made.api_key, made.api_secret)).toBe(admitted);
  });

  test("ends the secret before at once with a grace of 0", async () => {
    const made = await json("create", "turned");
    const rotated = await json("rotate", "turned", "--grace", "0");
    expect(await statusOf(made.api_key, rotated.api_secret)).toBe(admitted);
    expect(await statusOf(made.api_key, made.api_secret)).toBe(401);
  });
});

test("disable refuses a key at once, enable lets it in again, and its end stays", async () => {
  const made = await json("create", "switched", "--expires", "2090-01-01T00:00:00Z");
  expect(await json("disable", "switched")).toMatchObject({ enable: false, expired_at: made.expired_at });
  expect(await statusOf(made.api_key, made.api_secret)).toBe(401);
  expect((await key("enable", "switched")).stdout).toBe("The key switched is enabled.\n");
  expect(await statusOf(made.api_key, made.api_secret)).toBe(admitted);
});

test("delete ends a key, and prints in JSON what it was", async () => {
  const { api_secret, ...made } = await json("create", "gone");
  expect(await json("delete", "gone")).toEqual(made);
  expect(await statusOf(made.api_key, api_secret)).toBe(401);
  expect(await json("list")).not.toContainEqual(expect.objectContaining({ name: "gone" }));
});

test("what is asked of an unknown key is refused", async () => {
  const verbs = ["rotate", "disable", "enable", "delete"];
  const outcomes = await Promise.all(verbs.map((verb) => key(verb, "nobody", "--json")));
  const refused = { code: 1, stdout: "", stderr: "There is no key of the name nobody.\n" };
  expect(outcomes).toEqual(verbs.map(() => refused));
});
