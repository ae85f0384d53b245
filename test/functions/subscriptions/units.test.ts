import { expect, test } from "vitest";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { meter } from "../../bench/capacity.ts";
import { clientidOf, seedFleet } from "../../support/seed-fleet.ts";
import { TestApi } from "../../support/test-api.ts";

/** The paths of the last pages depend on the population; a client has two subscriptions. */
const calls = (population: number) => [
  "/clients?limit=100",
  `/clients?limit=100&page=${population / 100}`,
  `/clients/${clientidOf(1)}`,
  "/clients_v2?limit=100",
  "/subscriptions?limit=100",
  `/subscriptions?limit=100&page=${population / 50}`,
  "/subscriptions?match_topic=fleet/1/%23",
  "/subscriptions?match_topic=fleet/%2B/all",
  "/subscriptions?match_topic=none/%23",
  "/topics?limit=100",
];

/** DynamoDB's read units of each call, the check of the key included. */
async function readUnits(population: number): Promise<number[]> {
  const api = await TestApi.start();
  await seedFleet(api.local.database, population);
  const { sessions, subscriptions } = api.registry;
  for (const listing of [sessions, subscriptions, subscriptions.topics.routes]) {
    const { counts, connected } = await listing.directory.root();
    await recountDirectory(listing);
    const recounted = await listing.directory.root();
    expect([listing.kind, counts, connected]).toEqual([listing.kind, recounted.counts, recounted.connected]);
  }
  const spent = meter(api.local.client);
  const units: number[] = [];
  for (const path of calls(population)) {
    spent();
    expect((await api.call("GET", path)).status).toBe(200);
    units.push(spent().read);
  }
  await api.close();
  return units;
}

test("what a list reads does not grow with the population", async () => {
  const few = await readUnits(400);
  const many = await readUnits(2_000);
  for (const [n, units] of many.entries()) expect(units).toBeLessThanOrEqual((few[n] ?? 0) + 1);
  expect(Math.max(...many)).toBeLessThan(8);
}, 120_000);
