import { compareBytes } from "../../mqtt/compare-bytes.ts";
import type { SlowSubscription, SlowSubscriptionLimits } from "../../records/slow-subscription.ts";
import type { SlowSubscribing } from "../broker.ts";
import type { ClientIdentity, DeliveredMessage, Extension } from "./extension.ts";

/** EMQX's limit, whatever is configured. */
const maxNoted = 1_000;

/** Notes the subscriptions that messages reach slowly, the slowest ones. */
export class SlowSubscriptions implements Extension, SlowSubscribing {
  #limits: SlowSubscriptionLimits | undefined;
  #noted = new Map<string, SlowSubscription>();

  /** Whether nothing is to be noted. */
  get idle(): boolean {
    return !this.#limits?.enable;
  }

  configure(limits: SlowSubscriptionLimits): void {
    this.#limits = limits;
    this.#keepSlowest();
  }

  list(now = Date.now()): SlowSubscription[] {
    this.#dropOld(now);
    return [...this.#noted.values()].sort(bySlowness);
  }

  clear(): void {
    this.#noted.clear();
  }

  completes(delivery: DeliveredMessage, { clientid }: ClientIdentity): void {
    if (!this.#limits?.enable) return;
    const now = Date.now();
    const timespan = timespanOf(delivery, this.#limits.stats_type, now);
    if (timespan > this.#limits.threshold) {
      this.#note({ clientid, topic: delivery.topic, timespan, last_update_time: now });
    }
  }

  /** A subscription keeps its longest time, and the moment when that was seen. */
  #note(seen: SlowSubscription): void {
    const key = JSON.stringify([seen.clientid, seen.topic]);
    const known = this.#noted.get(key);
    if (known && known.timespan >= seen.timespan) return;
    this.#noted.set(key, seen);
    this.#dropOld(seen.last_update_time);
    this.#keepSlowest();
  }

  #dropOld(now: number): void {
    const expire_interval = this.#limits?.expire_interval ?? Number.POSITIVE_INFINITY;
    for (const [key, { last_update_time }] of this.#noted) {
      if (now - last_update_time > expire_interval) this.#noted.delete(key);
    }
  }

  #keepSlowest(): void {
    const most = Math.min(this.#limits?.top_k_num ?? maxNoted, maxNoted);
    if (this.#noted.size <= most) return;
    const slowest = [...this.#noted].sort(([, a], [, b]) => bySlowness(a, b));
    this.#noted = new Map(slowest.slice(0, most));
  }
}

/** Clocks may go back. */
function timespanOf(
  { facts, delivered_at }: DeliveredMessage,
  type: SlowSubscriptionLimits["stats_type"],
  now: number,
) {
  const from = type === "response" ? delivered_at : facts.publish_at;
  const to = type === "internal" ? delivered_at : now;
  return Math.max(0, to - from);
}

/** The slowest first; of equally slow ones, the last by name. [emqx_slow_subs] */
function bySlowness(a: SlowSubscription, b: SlowSubscription): number {
  return b.timespan - a.timespan || compareBytes(b.clientid, a.clientid) || compareBytes(b.topic, a.topic);
}
