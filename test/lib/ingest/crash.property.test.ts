import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { historyOf, stepsOfClients } from "../../support/histories.ts";

const start = Date.now() - 60_000;
const crash = new Error("crash");

let local: LocalDatabase;
let registry: LocalRegistry;
let crashes: readonly boolean[] = [];
let writes = 0;
let runs = 0;

/** Lets a client's writes fail as told: before they were made, or after, when only the answer is lost. */
function breakWrites(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!/^(Put|Delete|Update)/.test(context.commandName ?? "")) return next(args);
      const turn = writes++;
      if (!crashes[turn]) return next(args);
      if (turn % 2 === 0) await next(args);
      throw crash;
    },
    { step: "initialize", priority: "low", name: "breakWrites" },
  );
}

beforeAll(async () => {
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
  breakWrites(local.client);
});

afterAll(() => local.close());

/** An event that fails is delivered again, as the queue does. */
async function untilBroughtIn(event: LifecycleEvent): Promise<void> {
  for (;;) {
    try {
      return await ingest(registry, event);
    } catch (error) {
      if (error !== crash) throw error;
    }
  }
}

test("a crash between any two writes loses nothing once the event comes again", async () => {
  const failures = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(stepsOfClients, failures, async (clients, failing) => {
      runs += 1;
      const histories = clients.map((steps, n) => {
        const clientid = `run ${runs}, client ${n}`;
        return { clientid, ...historyOf(clientid, steps, start) };
      });
      [crashes, writes] = [failing, 0];
      for (const event of histories.flatMap(({ events }) => events)) await untilBroughtIn(event);
      crashes = [];
      await registry.idle();
      for (const { clientid, outcome } of histories) {
        const session = await registry.sessions.get(clientid);
        expect(session?.connected).toBe(outcome?.connected);
        expect(session?.subscriptions_cnt).toBe(outcome?.subscriptions.length);
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);
