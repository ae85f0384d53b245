import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { TopicIndex } from "../../../lib/store/topic-index.ts";
import {
  connected,
  connectedPersistent,
  disconnected,
  subscribed,
  unsubscribed,
} from "../../support/events.ts";

let local: LocalDatabase;
let index: TopicIndex;

beforeAll(async () => {
  local = await openLocalDatabase();
});

beforeEach(() => {
  index = new TopicIndex(local.database);
});

afterAll(() => local.close());

describe("a subscription that is entered", () => {
  test.each([
    ["exact/1", "exact/1", "exact/2"],
    ["one/+/x", "one/2/x", "one/2/y"],
    ["all/#", "all/1/2", "al"],
    ["parent/#", "parent", "parents"],
    ["//empty", "//empty", "/empty"],
    ["$own/+", "$own/1", "$own"],
    ["a".repeat(65_535), "a".repeat(65_535), "a".repeat(65_534)],
    ["+/level/\u{1f600}", "a/level/\u{1f600}", "$a/level/\u{1f600}"],
    ["$share/g/shared/+", "shared/1", "$share/g/shared/1"],
    ["$share/g/$queue/x", "$queue/x", "x"],
  ])("is found by the topics that it matches, and not by others: %#", async (filter, matching, other) => {
    expect(await index.anyMatch(matching)).toBe(false);
    await index.enter({ clientid: "c", topic: filter, qos: 0 });
    expect(await index.anyMatch(matching)).toBe(true);
    expect(await index.anyMatch(other)).toBe(false);
    await index.remove("c", filter);
    expect(await index.anyMatch(matching)).toBe(false);
  });

  test("may be entered and removed again", async () => {
    await index.enter({ clientid: "c", topic: "again/+", qos: 0 });
    await index.enter({ clientid: "c", topic: "again/+", qos: 0 });
    await index.remove("c", "again/+");
    expect(await index.anyMatch("again/1")).toBe(false);
    await index.remove("c", "again/+");
    await index.enter({ clientid: "c", topic: "again/+", qos: 0 });
    expect(await index.anyMatch("again/1")).toBe(true);
  });

  test("fills nothing up, however many levels and wildcards filters have", async () => {
    const filters = Array.from({ length: 3_000 }, (_, n) =>
      Array.from({ length: 90 }, (_, level) => ((n >> (level % 12)) & 1 ? "+" : "x")).join("/"),
    );
    for (const filter of filters) await index.enter({ clientid: "c", topic: filter, qos: 0 });
    await index.enter({ clientid: "c", topic: "1/2/3/4/5/6/7/8/#", qos: 0 });
    expect(await index.anyMatch("1/2/3/4/5/6/7/8")).toBe(true);
  });

  test("is apart from those of other clients, and from shared ones of the same client", async () => {
    await index.enter({ clientid: "c", topic: "same", qos: 0 });
    await index.enter({ clientid: "d", topic: "same", qos: 0 });
    await index.enter({ clientid: "c", topic: "$share/g/same", qos: 0 });
    await index.enter({ clientid: "c", topic: "$share/h/same", qos: 0 });
    await index.remove("c", "same");
    await index.remove("d", "same");
    await index.remove("c", "$share/g/same");
    expect(await index.anyMatch("same")).toBe(true);
    await index.remove("c", "$share/h/same");
    expect(await index.anyMatch("same")).toBe(false);
  });

  test("is seen by who looked before anybody used its shape", async () => {
    const reader = new TopicIndex(local.database);
    expect(await reader.anyMatch("new/shape/of/some/depth")).toBe(false);
    await index.enter({ clientid: "c", topic: "+/shape/+/some/#", qos: 0 });
    expect(await reader.anyMatch("new/shape/of/some/depth")).toBe(true);
  });
});

describe("the registry keeps the index up to date", () => {
  let registry: LocalRegistry;

  beforeAll(async () => {
    registry = await LocalRegistry.open(local, () => {});
  });

  async function tell(...events: LifecycleEvent[]): Promise<void> {
    for (const event of events) registry.push(event);
    await registry.idle();
  }

  const later = { timestamp: Date.now() + 60_000 };
  const anyMatch = (topic: string) => registry.subscriptions.anyMatch(topic);

  test("when a client subscribes and unsubscribes", async () => {
    await tell(connected("r1"), subscribed("r1", ["reg/1", "$share/g/reg/2/#"]));
    expect([await anyMatch("reg/1"), await anyMatch("reg/2/x"), await anyMatch("reg/3")]).toEqual([
      true,
      true,
      false,
    ]);
    await tell(unsubscribed("r1", ["reg/1"], later));
    expect([await anyMatch("reg/1"), await anyMatch("reg/2/x")]).toEqual([false, true]);
    await tell(unsubscribed("r1", ["$share/g/reg/2/#"], later));
    expect(await anyMatch("reg/2/x")).toBe(false);
  });

  test("when a clean session ends with its client", async () => {
    await tell(connected("r2"), subscribed("r2", ["clean/+", "$share/g/clean"]));
    expect(await anyMatch("clean/1")).toBe(true);
    await tell(disconnected("r2", later));
    expect([await anyMatch("clean/1"), await anyMatch("clean")]).toEqual([false, false]);
  });

  test("while a session is kept, until a clean one takes its place", async () => {
    await tell(connectedPersistent("r3"), subscribed("r3", ["kept"]), disconnected("r3", later));
    expect(await anyMatch("kept")).toBe(true);
    await tell(
      connected("r3", { versionNumber: 2, sessionIdentifier: "new", timestamp: later.timestamp + 1 }),
    );
    expect(await anyMatch("kept")).toBe(false);
  });

  test("and does not lose one client's subscription when another's ends", async () => {
    await tell(connected("r4"), connected("r5"), subscribed("r4", ["both"]), subscribed("r5", ["both"]));
    await tell(disconnected("r4", later));
    expect(await anyMatch("both")).toBe(true);
    await tell(disconnected("r5", later));
    expect(await anyMatch("both")).toBe(false);
  });
});
