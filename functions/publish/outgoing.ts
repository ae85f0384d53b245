import type { Message } from "../../lib/broker/broker.ts";
import { delayOf, holdBack, type PermittedDelay, tooLargeToHold } from "../../lib/delayed/hold-back.ts";
import type { DepsFor } from "../../lib/deps/types.ts";

type Publishing = DepsFor<"broker:publish" | "delayed:hold">;

/** A message on its way out, now or after a delay. */
export interface Outgoing {
  message: Message;
  delay: PermittedDelay | undefined;
}

/** Finds out whether a message is to be held back. */
export async function toOutgoing(message: Message, deps: Publishing): Promise<Outgoing> {
  if (!message.topic.startsWith("$delayed/")) return { message, delay: undefined };
  return { message, delay: await delayOf(message.topic, deps) };
}

/** Why a message cannot be taken, in words for the caller; `undefined` if it can. */
export function refusalOf({ message, delay }: Outgoing, { broker }: Publishing): string | undefined {
  if (!delay) return broker.refusal(message);
  const later = { ...message, topic: delay.topic };
  return broker.refusal(later) ?? tooLargeToHold(later);
}

/** Holds a message back. [emqx_mgmt_api_publish] it comes from a client of this name. */
export async function holdOutgoing(
  message: Message,
  delay: PermittedDelay,
  msgid: string,
  deps: Publishing,
): Promise<void> {
  const { payload, qos, retain, properties } = message;
  await holdBack({ payload, qos, retain, properties, msgid, from_clientid: "http_api" }, delay, deps);
}
