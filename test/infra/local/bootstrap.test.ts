import { exec } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bootstrapKeys } from "../../../infra/local/bootstrap.ts";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { matchesHash } from "../../../lib/auth/secret-hash.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { captureLog } from "../../support/captured-log.ts";
import { temporaryFolder } from "../../support/program.ts";

const shell = promisify(exec);

let local: LocalDatabase;
let keys: ApiKeys;
let data: string;

beforeAll(async () => {
  local = await openLocalDatabase();
  keys = new ApiKeys(local.database);
});

beforeEach(async () => {
  data = await temporaryFolder();
});

afterAll(() => local.close());

/** Writes a bootstrap file and loads it. */
async function load(text: string, name = "keys") {
  const file = join(data, name);
  await writeFile(file, text);
  return bootstrapKeys(keys, data, file);
}

/** What curl is given as a user when the arguments are put into a command line. */
async function userOf(curlCredentials: string | undefined): Promise<string> {
  const { stdout } = await shell(`printf '%s|' ${curlCredentials}`);
  return stdout;
}

describe("without a file", () => {
  const generated = () => readFile(join(data, "administrator-key"), "utf8");

  test("a key is made that only its owner can read", async () => {
    await bootstrapKeys(keys, data, undefined);
    expect((await stat(join(data, "administrator-key"))).mode & 0o777).toBe(0o600);
    expect(await generated()).toMatch(/^[0-9a-f]{16}:[\w-]{43}\n$/);
  });

  test("the key is an administrator's, with the secret of the file", async () => {
    await bootstrapKeys(keys, data, undefined);
    const [api_key = "", secret = ""] = (await generated()).trim().split(":");
    const key = await keys.get(api_key);
    expect(key).toMatchObject({ role: "administrator", enable: true });
    expect(await matchesHash(secret, key?.secret_hash ?? "")).toBe(true);
  });

  test("the key of the last start is taken again", async () => {
    await bootstrapKeys(keys, data, undefined);
    const first = await generated();
    await bootstrapKeys(keys, data, undefined);
    expect(await generated()).toBe(first);
  });

  test("curl is shown how to read the key, not the key", async () => {
    const credentials = await bootstrapKeys(keys, data, undefined);
    const key = (await generated()).trim();
    expect(credentials).not.toContain(key.split(":")[0]);
    expect(credentials).not.toContain(key.split(":")[1]);
    expect(await userOf(credentials)).toBe(`-u|${key}|`);
  });
});

describe("a file", () => {
  test("brings its keys, and none is made", async () => {
    await load("a:b\nc:d:viewer\n");
    expect(await keys.get("a")).toMatchObject({ role: "administrator" });
    expect(await keys.get("c")).toMatchObject({ role: "viewer" });
    await expect(stat(join(data, "administrator-key"))).rejects.toThrow("ENOENT");
  });

  test("is shown to curl by the line of its first administrator, without the role", async () => {
    expect(await userOf(await load("# keys\nv:s:viewer\nadm:sec ret:administrator\nother:s"))).toBe(
      "-u|adm:sec ret|",
    );
  });

  test("is not shown to curl if it has no administrator", async () => {
    expect(await load("v:s:viewer\np:s:publisher")).toBeUndefined();
  });

  test.each(["my keys", "it's mine", "$HOME", '"keys"', "`keys`"])("may be called %s", async (name) => {
    expect(await userOf(await load("adm:secret", name))).toBe("-u|adm:secret|");
  });

  test("has its bad lines logged by number and problem, never by content", async () => {
    const log = captureLog();
    await load("good:one\nhidden-text\n# fine\nhidden-text:hidden-text:king\n");
    expect(log.entries()).toEqual([
      expect.objectContaining({
        level: "error",
        file: join(data, "keys"),
        line: 2,
        problem: expect.any(String),
      }),
      expect.objectContaining({
        level: "error",
        file: join(data, "keys"),
        line: 4,
        problem: expect.any(String),
      }),
    ]);
    expect(log.text()).not.toMatch(/hidden-text|king|good|"one"/);
    expect(await keys.get("good")).toBeDefined();
  });

  test("that cannot be read is logged, and stops nothing", async () => {
    const log = captureLog();
    expect(await bootstrapKeys(keys, data, join(data, "missing"))).toBeUndefined();
    await mkdir(join(data, "folder"));
    expect(await bootstrapKeys(keys, data, join(data, "folder"))).toBeUndefined();
    expect(log.entries()).toMatchObject([
      { level: "error", file: join(data, "missing") },
      { level: "error", file: join(data, "folder") },
    ]);
  });
});
