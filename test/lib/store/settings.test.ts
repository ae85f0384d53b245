import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { Settings } from "../../../lib/store/settings.ts";

let local: LocalDatabase;
let settings: Settings;

beforeAll(async () => {
  local = await openLocalDatabase();
  settings = new Settings(local.database);
});

afterAll(() => local.close());

test("a document that was never written is not there", async () => {
  expect(await settings.read("none")).toBeUndefined();
});

test("a document is what the last change made of it", async () => {
  expect(await settings.change("rules", () => [{ a: 1 }])).toEqual([{ a: 1 }]);
  expect(await settings.change("rules", (now) => ({ was: now }))).toEqual({ was: [{ a: 1 }] });
  expect(await settings.read("rules")).toEqual({ was: [{ a: 1 }] });
});

test("of changes at the same time none is lost", async () => {
  await Promise.all(Array.from({ length: 10 }, () => settings.change<number>("count", (now = 0) => now + 1)));
  expect(await settings.read("count")).toBe(10);
});

test("a change that fails leaves the document as it was", async () => {
  await settings.change("kept", () => "before");
  const failing = settings.change("kept", () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await settings.read("kept")).toBe("before");
});

test("a change that leaves the document as it is writes nothing", async () => {
  await settings.change("same", () => ["value"]);
  const send = vi.spyOn(local.database.client, "send");
  onTestFinished(() => send.mockRestore());
  expect(await settings.change("same", (now) => now)).toEqual(["value"]);
  expect(send.mock.calls.map(([command]) => command.constructor.name)).toEqual(["GetCommand"]);
});
