import { type TopicMetricName, type TopicMetrics, topicMetricNames } from "../../records/topic-metrics.ts";
import type { TopicMeasuring } from "../broker.ts";
import type { Extension, PassingMessage } from "./extension.ts";
import { MovingRate } from "./moving-rate.ts";

interface Measured {
  create_time: number;
  rates: Record<TopicMetricName, MovingRate>;
}

/** Counts the messages of chosen topics: in at their arrival, out at each delivery, dropped if nobody subscribes. */
export class MeasuredTopics implements Extension, TopicMeasuring {
  readonly #topics = new Map<string, Measured>();
  #sampling: NodeJS.Timeout | undefined;

  /** Whether no topic is chosen. */
  get idle(): boolean {
    return this.#topics.size === 0;
  }

  add(topic: string): TopicMetrics {
    const measured = this.#topics.get(topic) ?? { create_time: Date.now(), rates: newRates() };
    this.#topics.set(topic, measured);
    this.#sampling ??= setInterval(() => this.sample(), 1_000).unref();
    return describe(topic, measured);
  }

  remove(topic: string): boolean {
    const known = this.#topics.delete(topic);
    if (this.idle) this.stop();
    return known;
  }

  reset(topic: string): TopicMetrics | undefined {
    const measured = this.#topics.get(topic);
    if (measured) measured.rates = newRates();
    return measured && describe(topic, measured);
  }

  get(topic: string): TopicMetrics | undefined {
    const measured = this.#topics.get(topic);
    return measured && describe(topic, measured);
  }

  all(): TopicMetrics[] {
    return [...this.#topics].map(([topic, measured]) => describe(topic, measured));
  }

  routed({ topic, qos }: PassingMessage, matched: boolean): void {
    const rates = this.#topics.get(topic)?.rates;
    rates?.["messages.in"].add();
    rates?.[`messages.qos${qos}.in`].add();
    if (!matched) rates?.["messages.dropped"].add();
  }

  delivers({ topic, qos }: PassingMessage): void {
    const rates = this.#topics.get(topic)?.rates;
    rates?.["messages.out"].add();
    rates?.[`messages.qos${qos}.out`].add();
  }

  /** Takes a sample of every topic; happens once a second while there are any. */
  sample(): void {
    for (const { rates } of this.#topics.values()) {
      for (const rate of Object.values(rates)) rate.sample();
    }
  }

  /** Takes no more samples. */
  stop(): void {
    clearInterval(this.#sampling);
    this.#sampling = undefined;
  }
}

function newRates(): Measured["rates"] {
  return Object.fromEntries(topicMetricNames.map((name) => [name, new MovingRate()])) as Measured["rates"];
}

function describe(topic: string, { create_time, rates }: Measured): TopicMetrics {
  const metrics = topicMetricNames.flatMap((name) => [
    [`${name}.count`, rates[name].count],
    [`${name}.rate`, rates[name].rate],
  ]);
  return { topic, create_time, metrics: Object.fromEntries(metrics) };
}
