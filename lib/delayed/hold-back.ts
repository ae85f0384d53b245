import { log } from "../log.ts";
import { type Delay, readDelay } from "../mqtt/delayed-topic.ts";
import {
  type DelayedMessage,
  type DelayedSettings,
  defaultDelayedSettings,
  delayedDocument,
} from "../records/delayed-message.ts";
import { delayedBytes, maxDelayedBytes } from "../store/delayed-item.ts";
import type { DelayedMessages } from "../store/delayed-messages.ts";
import type { Settings } from "../store/settings.ts";
import { type DelayQueue, queueHorizon } from "./delay-queue.ts";

/** What it takes to hold messages back. */
export interface HoldingDeps {
  delayed: Pick<DelayedMessages, "hold" | "markQueued" | "remove">;
  settings: Pick<Settings, "read">;
  delayQueue: DelayQueue;
}

/** A delay from a time on, in epoch milliseconds, and how many messages may be held back. */
export interface PermittedDelay extends Delay {
  publish_at: number;
  limit: number;
}

/** The delay that a topic asks for; `undefined` if it asks for none, or if delayed publishing is switched off. */
export async function delayOf(topic: string, { settings }: Pick<HoldingDeps, "settings">) {
  const publish_at = Date.now();
  const delay = readDelay(topic, publish_at);
  if (!delay) return undefined;
  const document = await settings.read<Partial<DelayedSettings>>(delayedDocument);
  const { enable, max_delayed_messages } = { ...defaultDelayedSettings, ...document };
  return enable ? { ...delay, publish_at, limit: max_delayed_messages } : undefined;
}

type Held = Omit<DelayedMessage, keyof Delay | "publish_at">;

/** Why a message is too large to be held back, in words for its sender; `undefined` if it is not. */
export function tooLargeToHold(message: Pick<DelayedMessage, "topic" | "payload" | "properties">) {
  if (delayedBytes(message) <= maxDelayedBytes) return undefined;
  return `A delayed message holds ${maxDelayedBytes} bytes at most, with its topic and properties`;
}

/**
 * Holds a message back. Beyond the limit it is dropped, as EMQX does. A message that is due soon is queued at once;
 * what is due later is queued in time by `queueDue`.
 */
export async function holdBack(message: Held, permitted: PermittedDelay, deps: HoldingDeps): Promise<void> {
  const { limit, ...delay } = permitted;
  const due = { msgid: message.msgid, expected_at: delay.expected_at };
  if (!(await deps.delayed.hold({ ...message, ...delay }, limit))) return;
  if (due.expected_at > Date.now() + queueHorizon) return;
  try {
    await deps.delayQueue.push(due);
  } catch (error) {
    await deps.delayed
      .remove(due.msgid)
      .catch((cause) => log("error", "a message is kept that was refused", { cause }));
    throw error;
  }
  // Only now: what is queued twice is delivered once, and what was never queued would stay for ever.
  await deps.delayed.markQueued(due);
}
