import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { handler } from "../../../functions/ingest/handler.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { connected, disconnected, subscribed } from "../../support/events.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;

beforeAll(async () => {
  deps = await WorkerDeps.open();
});
beforeEach(() => {
  deps.dead.length = 0;
});
afterAll(() => deps.close());

/** A batch of the queue; a text stands for itself. */
const batch = (...bodies: (LifecycleEvent | string)[]) =>
  ({
    Records: bodies.map((body, n) => ({
      messageId: `message ${n}`,
      body: typeof body === "string" ? body : JSON.stringify({ ...body, received_at: 1, event_topic: "t" }),
    })),
  }) as SQSEvent;

const run = (...bodies: (LifecycleEvent | string)[]) => handler.with(deps)(batch(...bodies));

/** An event as IoT Core sends it, without what only the embedded broker knows. */
function bare<Event extends LifecycleEvent>({ session: _, ...event }: Event & { session?: unknown }): Event {
  return event as Event;
}

test("a batch is brought in, and nothing is reported as failed", async () => {
  expect(
    await run(connected("a"), subscribed("a", ["t"], { options: [{ qos: 0 }] }), connected("b")),
  ).toEqual({
    batchItemFailures: [],
  });
  expect(await deps.sessions.get("a")).toMatchObject({ connected: true, subscriptions_cnt: 1 });
  expect(await deps.sessions.get("b")).toBeDefined();
});

test.each([
  ["what is not JSON", "{", "not JSON"],
  ["an event without a client id", '{"eventType":"connected","timestamp":1}', "clientId"],
  ["an event of another kind", '{"eventType":"party","clientId":"x"}', "eventType"],
  [
    "an event of a far future",
    JSON.stringify(connected("late", { timestamp: Date.now() + 86_400_000 })),
    "far in the future",
  ],
  ["a client id over every limit", JSON.stringify(connected("x".repeat(65_536))), "longer than 65535"],
])("%s goes to the dead letters with its cause, and the rest is brought in", async (_, poison, cause) => {
  const good = connected(`beside ${cause}`);
  expect(await run(poison, good)).toEqual({ batchItemFailures: [] });
  expect(deps.dead).toEqual([{ event: poison, cause: expect.stringContaining(cause) }]);
  expect(await deps.sessions.get(good.clientId)).toBeDefined();
});

test("a refused connect leaves no trace", async () => {
  const refused = { eventType: "connect_failed", clientId: "refused", timestamp: 1 };
  expect(await run(JSON.stringify(refused))).toEqual({ batchItemFailures: [] });
  expect(deps.dead).toEqual([]);
  expect(await deps.sessions.state("refused")).toBeUndefined();
});

test("an event that fails is reported, and the others of its batch are not", async () => {
  const broken = { ...deps, sessions: Object.create(deps.sessions) as typeof deps.sessions };
  broken.sessions.change = async (clientid, change) => {
    if (clientid === "unlucky") throw new Error("no luck");
    return deps.sessions.change(clientid, change);
  };
  const answer = await handler.with({ ...broken, deadLetters: deps.deadLetters, broker: deps.broker })(
    batch(connected("lucky"), connected("unlucky")),
  );
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message 1" }] });
  expect(await deps.sessions.get("lucky")).toBeDefined();
});

test("a poisoned event whose dead letter cannot be written comes again", async () => {
  const send = () => Promise.reject(new Error("no queue"));
  const answer = await handler.with({ ...deps, broker: deps.broker, deadLetters: { send } })(batch("{"));
  expect(answer.batchItemFailures).toHaveLength(1);
});

test("the broker tells what IoT Core's events lack", async () => {
  const session = { connected: true, clean_start: false, expiry_interval: 3_600, keepalive: 30 };
  deps.broker.sessions.set("kept", session);
  await run(bare(connected("kept")));
  expect(await deps.sessions.get("kept")).toMatchObject({ expiry_interval: 3_600, keepalive: 30 });
  await run(disconnected("kept"));
  expect(await deps.sessions.get("kept")).toMatchObject({ connected: false });
});

test("a session of which nothing was known at its connect is asked about at its end", async () => {
  await run(bare(connected("asked later")));
  const session = { connected: false, clean_start: false, expiry_interval: 3_600, keepalive: 30 };
  deps.broker.sessions.set("asked later", session);
  await run(disconnected("asked later"));
  expect(await deps.sessions.get("asked later")).toMatchObject({ connected: false, expiry_interval: 3_600 });
});

test.each(["ThrottlingException", "ForbiddenException"])(
  "an event is brought in although the broker cannot be asked: %s",
  async (name) => {
    const session = () => Promise.reject(Object.assign(new Error("no"), { name }));
    const broker = Object.assign(Object.create(deps.broker), { session });
    const answer = await handler.with({ ...deps, deadLetters: deps.deadLetters, broker })(
      batch(bare(connected(`unasked ${name}`))),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await deps.sessions.get(`unasked ${name}`)).toMatchObject({ connected: true });
  },
);
