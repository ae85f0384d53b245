import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AccessExpiry } from "../../../infra/local/access-expiry.ts";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { Bans } from "../../../lib/store/bans.ts";
import { LoginFailures } from "../../../lib/store/login-failures.ts";
import { Settings } from "../../../lib/store/settings.ts";
import { captureLog } from "../../support/captured-log.ts";

let local: LocalDatabase;
let expiry: AccessExpiry;
const hour = 3_600_000;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  local = await openLocalDatabase(undefined, { direct: true });
});
afterEach(async () => {
  await expiry.close();
  vi.useRealTimers();
  await local.close();
});

const ban = { as: "clientid" as const, by: "", reason: "", at: 0 };

async function partitions(): Promise<string[]> {
  const { client, access } = local.database;
  const { Items = [] } = await client.send(new ScanCommand({ TableName: access }));
  return Items.map(({ pk }) => String(pk)).sort();
}

const untilLeft = (expected: string[]) =>
  vi.waitFor(async () => expect(await partitions()).toEqual(expected), { timeout: 10_000 });

/** Many login failures, a ban that ends in half an hour, one that does not, and a setting. */
async function fill(): Promise<void> {
  const failures = new LoginFailures(local.database);
  for (let n = 0; n < 600; n += 1) await failures.attempt("admin", `10.0.0.${n}`, 10);
  const bans = new Bans(local.database);
  await bans.add({ ...ban, who: "soon", until: Math.floor((Date.now() + hour / 2) / 1000) });
  await bans.add({ ...ban, who: "never" });
  await new Settings(local.database).change("delayed", () => ({ enable: true, max_delayed_messages: 0 }));
}

test("at the start, what has expired goes and all else stays", async () => {
  await fill();
  expect((await partitions()).length).toBe(603);
  expiry = new AccessExpiry(local.database);
  await expiry.sweep();
  expect((await partitions()).length).toBe(603);
  await expiry.close();
  vi.setSystemTime(Date.now() + hour);
  expiry = new AccessExpiry(local.database);
  await untilLeft(["banned#clientid", "setting#delayed"]);
});

test("what expires later goes within an hour", async () => {
  expiry = new AccessExpiry(local.database);
  await new LoginFailures(local.database).attempt("admin", "10.0.0.1", 10);
  await vi.advanceTimersByTimeAsync(hour);
  await untilLeft([]);
});

test("a database that fails is told in the log, and asked again", async () => {
  const log = captureLog();
  const send = vi.spyOn(local.database.client, "send");
  send.mockImplementationOnce(() => Promise.reject(new Error("not now")));
  expiry = new AccessExpiry(local.database);
  await new LoginFailures(local.database).attempt("admin", "10.0.0.1", 10);
  await vi.advanceTimersByTimeAsync(hour);
  await untilLeft([]);
  expect(log.entries()).toMatchObject([{ level: "error", error: { message: "not now" } }]);
});
