/** Where and when a delayed message goes. */
export interface Delay {
  /** The topic without what tells the delay. */
  topic: string;
  /** Epoch milliseconds. */
  expected_at: number;
  /** Seconds. */
  delayed_interval: number;
}

/** The longest delay in seconds; larger numbers are epoch seconds. [emqx_delayed] */
const longestDelay = 4_294_967;

/**
 * Reads `$delayed/<n>/<topic>` at a time, in epoch milliseconds: `n` is a delay in seconds, or an instant in epoch
 * seconds that is not too far ahead. A negative delay is none. Anything else is `undefined`: a topic like others.
 */
export function readDelay(given: string, now: number): Delay | undefined {
  const [, digits, topic] = /^\$delayed\/(-?\d{1,15})\/(.+)$/s.exec(given) ?? [];
  if (digits === undefined || topic === undefined) return undefined;
  const n = Math.max(Number(digits), 0);
  if (n < longestDelay) return { topic, expected_at: now + n * 1_000, delayed_interval: n };
  const delayed_interval = n - Math.floor(now / 1_000);
  if (delayed_interval > longestDelay) return undefined;
  return { topic, expected_at: n * 1_000, delayed_interval: Math.max(delayed_interval, 0) };
}
