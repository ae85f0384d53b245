import type { Broker } from "../broker/broker.ts";
import { log } from "../log.ts";
import type { DelayedMessage } from "../records/delayed-message.ts";
import type { Bans } from "../store/bans.ts";
import type { DelayedMessages } from "../store/delayed-messages.ts";

/** For how long a delivery keeps others from its message, in milliseconds; longer than a worker may run. */
const claimedFor = 90_000;

export interface DeliveryDeps {
  delayed: Pick<DelayedMessages, "claim" | "release" | "remove">;
  bans: Pick<Bans, "isBanned">;
  broker: Pick<Broker, "publish">;
}

/**
 * Publishes a message that is due, unless it was removed, or its sender is banned by now. At least once: a
 * message is published twice if it cannot be removed afterwards. One that cannot be published stays, and the error is
 * thrown.
 */
export async function deliver(
  msgid: string,
  { delayed, bans, broker }: DeliveryDeps,
): Promise<"published" | "gone" | "discarded"> {
  const message = await delayed.claim(msgid, Date.now() + claimedFor);
  if (message === "gone") return "gone";
  if (message === "taken") throw new Error(`The message ${msgid} is being delivered`);
  try {
    const { from_clientid: clientid, from_username } = message;
    const sender = { clientid, ...(from_username && { username: from_username }) };
    const permitted = !(await bans.isBanned(sender));
    if (permitted) await broker.publish(publishable(message));
    await delayed.remove(msgid);
    return permitted ? "published" : "discarded";
  } catch (error) {
    await delayed
      .release(msgid)
      .catch((cause) => log("warn", "a message waits for its claim to end", { cause }));
    throw error;
  }
}

/** The message as it is published. Its expiry counts from when it came, and leaves a second. [emqx_message] */
function publishable({ properties, ...message }: DelayedMessage) {
  const { topic, payload, qos, retain, msgid, from_clientid, from_username } = message;
  const expiry = properties?.message_expiry_interval;
  const elapsed = Math.floor((Date.now() - message.publish_at) / 1_000);
  return {
    ...{ topic, payload, qos, retain, msgid, from_clientid, from_username },
    ...(properties && {
      properties: {
        ...properties,
        ...(expiry && { message_expiry_interval: Math.max(expiry - elapsed, 1) }),
      },
    }),
  };
}
