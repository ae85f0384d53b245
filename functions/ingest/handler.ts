import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { DepsFor } from "../../lib/deps/types.ts";
import { work } from "../../lib/deps/work.ts";
import { completeEvent } from "../../lib/ingest/complete-event.ts";
import { ingest as ingestEvent } from "../../lib/ingest/ingest.ts";
import { connectedClient, kickOutBanned } from "../../lib/ingest/kick-out-banned.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { PoisonedEvent, readEvent } from "../../lib/ingest/read-event.ts";
import { log } from "../../lib/log.ts";
import { ingest } from "./worker.ts";

type IngestDeps = DepsFor<(typeof ingest.needs)[number]>;

interface Received {
  messageId: string;
  event: LifecycleEvent;
}

/**
 * Brings a batch of the queue into the registry. What fails is delivered again; what can never be brought in goes to
 * the dead letters with its cause.
 */
export const handler = work(ingest, async ({ Records }: SQSEvent, deps): Promise<SQSBatchResponse> => {
  const failed: string[] = [];
  const comesAgain = (messageId: string, error: unknown) => {
    log("error", "an event was not brought in, and comes again", { messageId, error });
    failed.push(messageId);
  };
  const received = await Promise.all(
    Records.map((record) => receive(record, deps).catch((error) => comesAgain(record.messageId, error))),
  );
  const events = received.filter((it): it is Received => it !== undefined);
  const byClient = Map.groupBy(events, ({ event }) => event.clientId);
  await Promise.all([...byClient.values()].map((it) => bringIn(it, deps, comesAgain)));
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});

async function receive({ messageId, body }: SQSRecord, deps: IngestDeps): Promise<Received | undefined> {
  try {
    const event = readEvent(body);
    return event && { messageId, event };
  } catch (error) {
    if (!(error instanceof PoisonedEvent)) throw error;
    log("error", "an event cannot be brought in", { messageId, error });
    await deps.deadLetters.send(body, error.message);
    return undefined;
  }
}

/** One client's events follow each other; who is banned is disconnected at its connect. `fails` is told of each that failed. */
async function bringIn(
  events: readonly Received[],
  deps: IngestDeps,
  fails: (messageId: string, error: unknown) => void,
): Promise<void> {
  for (const { messageId, event } of events) {
    try {
      const complete = await completeEvent(event, deps.broker, () => deps.sessions.state(event.clientId));
      await ingestEvent(deps, complete);
      const client = connectedClient(complete);
      if (client && (await kickOutBanned(client, deps)))
        log("info", "a banned client was disconnected", { clientid: client.clientid });
    } catch (error) {
      fails(messageId, error);
    }
  }
}
