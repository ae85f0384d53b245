import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { newMessageId } from "../../lib/mqtt/message-id.ts";
import type { DelayedMessage } from "../../lib/records/delayed-message.ts";
import type { SessionState } from "../../lib/records/session-state.ts";
import type { Database } from "../../lib/store/database.ts";
import type { DelayedMessages } from "../../lib/store/delayed-messages.ts";
import { hashOrder } from "../../lib/store/hash-order.ts";
import { toItem } from "../../lib/store/session-item.ts";

/** DynamoDB's limit for one BatchWriteItem. */
const batchWriteLimit = 25;

/** What the registry remembers of a connected client with a clean session. */
export function sessionState(clientid: string, given: Partial<SessionState> = {}): SessionState {
  const at = Date.now();
  return {
    clientid,
    created_at: at,
    connect: { version: 1, at, session_identifier: `session of ${clientid}` },
    subscriptions_cnt: 0,
    ...given,
  };
}

/** The same of a client that left; its session is kept if it has an expiry interval. */
export function leftState(clientid: string, given: Partial<SessionState> = {}): SessionState {
  return sessionState(clientid, { disconnect: { version: 1, at: Date.now() }, ...given });
}

/** Writes sessions into the table in bulk; the directory of counts does not learn of them. */
export async function seedSessions({ client, registry }: Database, states: readonly SessionState[]) {
  for (let n = 0; n < states.length; n += batchWriteLimit) {
    const requests = states.slice(n, n + batchWriteLimit).map((state) => ({
      PutRequest: { Item: toItem(state, 1) },
    }));
    await client.send(new BatchWriteCommand({ RequestItems: { [registry]: requests } }));
  }
}

/** Client ids whose hash begins with a prefix. */
export function clientidsBelow(prefix: string, count: number): string[] {
  const found: string[] = [];
  for (let n = 0; found.length < count; n++) {
    const clientid = `${prefix}-${n}`;
    if (hashOrder(clientid).startsWith(prefix)) found.push(clientid);
  }
  return found;
}

/** Client ids in the order in which lists show them. */
export function inHashOrder(clientids: readonly string[]): string[] {
  return [...clientids].sort((a, b) => (hashOrder(a) < hashOrder(b) ? -1 : 1));
}

/** Holds a message back, for a minute unless given. */
export async function holdBack(
  { deps }: { deps: { delayed: DelayedMessages } },
  given: Partial<DelayedMessage> = {},
): Promise<DelayedMessage> {
  const publish_at = Date.now();
  const message: DelayedMessage = {
    ...{ msgid: newMessageId(), topic: "t", qos: 0, retain: false, payload: Buffer.from("hello") },
    ...{ publish_at, delayed_interval: 60, expected_at: publish_at + 60_000, from_clientid: "c1" },
    ...given,
  };
  await deps.delayed.hold(message, 0);
  await deps.delayed.markQueued(message);
  return message;
}
