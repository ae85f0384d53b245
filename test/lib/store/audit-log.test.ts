import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import type { AuditEntry } from "../../../lib/records/audit-entry.ts";
import { AuditLog } from "../../../lib/store/audit-log.ts";

const day = 86_400_000_000;
const everything = { from: 0, to: Number.MAX_SAFE_INTEGER };
const now = Date.now() * 1_000;

let local: LocalDatabase;
let audit: AuditLog;

beforeAll(async () => {
  local = await openLocalDatabase(undefined, { direct: true });
  audit = new AuditLog(local.database);
});

afterAll(() => local.close());

/** An entry of a time in epoch microseconds. */
const entry = (created_at: number): AuditEntry => ({
  created_at,
  ...{ node: "n", from: "rest_api", source: "k", source_ip: "127.0.0.1", operation_id: "/banned" },
  ...{ operation_type: "banned", operation_result: "success", http_status_code: 200, http_method: "post" },
  ...{ duration_ms: 1, failure: "", request_id: `r${created_at}` },
  http_request: { method: "post", headers: {}, bindings: {}, body: "" },
});

const times = async (range = everything) => (await audit.newest(range)).map(({ created_at }) => created_at);

test("entries of several days come oldest first, those that are kept too long not at all", async () => {
  for (const at of [now - 31 * day, now - 29 * day, now - day, now - 2, now - 1]) await audit.add(entry(at));
  expect(await times()).toEqual([now - 29 * day, now - day, now - 2, now - 1]);
  expect(await times({ from: now - 2 * day, to: now - 2 })).toEqual([now - day, now - 2]);
});

test("of many, the newest 5,000 are shown, and older ones with a range that ends earlier", async () => {
  const begin = now - 3 * day;
  for (let n = 0; n < 5_010; n += 1) await audit.add(entry(begin + n));
  const shown = await times({ from: begin, to: begin + 5_009 });
  expect([shown.length, shown[0], shown.at(-1)]).toEqual([5_000, begin + 10, begin + 5_009]);
  expect(await times({ from: begin, to: begin + 9 })).toHaveLength(10);
});
