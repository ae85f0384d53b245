import { maxTextBytes } from "../mqtt/topic.ts";
import { LifecycleEvent } from "./lifecycle-event.ts";

/** An event that cannot be brought in, and never will. */
export class PoisonedEvent extends Error {
  override readonly name = "PoisonedEvent";
}

/** How far ahead of ours a broker's clock may be, in milliseconds. */
const clockTolerance = 3_600_000;

/**
 * Reads a lifecycle event. Returns `undefined` for one that says nothing about the registry; throws `PoisonedEvent`
 * for what is no event of ours, or tells of an impossible client or time.
 */
export function readEvent(text: string, now = Date.now()): LifecycleEvent | undefined {
  const value = parse(text);
  if (isConnectFailure(value)) return undefined;
  const result = LifecycleEvent.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new PoisonedEvent(`${issue?.path.join(".") || "the event"}: ${issue?.message ?? "not valid"}`);
  }
  check(result.data, now);
  return result.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PoisonedEvent("not JSON");
  }
}

/** A refused CONNECT leaves no trace in the registry. */
const isConnectFailure = (value: unknown) =>
  typeof value === "object" && value !== null && "eventType" in value && value.eventType === "connect_failed";

function check(event: LifecycleEvent, now: number): void {
  if (event.timestamp > now + clockTolerance) throw new PoisonedEvent("its time is far in the future");
  const texts = [event.clientId, ...("topics" in event ? event.topics : [])];
  if (texts.some((text) => Buffer.byteLength(text) > maxTextBytes)) {
    throw new PoisonedEvent(`a client id or topic filter is longer than ${maxTextBytes} bytes`);
  }
}
