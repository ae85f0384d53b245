import { setTimeout as sleep } from "node:timers/promises";
import type { Broker } from "../../../lib/broker/broker.ts";
import type { Random } from "../random.ts";

/** What may happen to a call of the broker, each with its probability. */
export interface BrokerFaults {
  /** Fails as IoT Core does when it has too much to do, nothing done. */
  throttle: number;
  /** Fails in a way that nobody foresaw, nothing done. */
  error: number;
  /** Done, and the answer is lost. */
  lost: number;
  /** Done late. */
  late: number;
  /** Never answered. */
  hang: number;
}

export const noBrokerFaults: BrokerFaults = { throttle: 0, error: 0, lost: 0, late: 0, hang: 0 };

export interface FlakyBroker {
  broker: Broker;
  faults: BrokerFaults;
  counts: Map<keyof BrokerFaults, number>;
}

/** Calls that go over the network on AWS. */
const remote = new Set(["publish", "kick", "session", "subscriptions", "retained", "discardRetained"]);

const passing = () => Object.assign(new Error("disturbed"), { name: "ThrottlingException" });

/** A broker whose calls fail at times. */
export function flakyBroker(real: Broker, random: Random): FlakyBroker {
  const flaky: FlakyBroker = { broker: real, faults: noBrokerFaults, counts: new Map() };
  const draw = () => {
    let left = random.fraction();
    for (const [fault, probability] of Object.entries(flaky.faults)) {
      left -= probability;
      if (left < 0) return fault as keyof BrokerFaults;
    }
    return undefined;
  };
  const disturb = async (call: () => unknown): Promise<unknown> => {
    const fault = draw();
    if (fault) flaky.counts.set(fault, (flaky.counts.get(fault) ?? 0) + 1);
    if (fault === "throttle") throw passing();
    if (fault === "error") throw new Error("disturbed");
    if (fault === "hang") return new Promise(() => {});
    if (fault === "late") await sleep(random.number(150));
    const result = await call();
    if (fault === "lost") throw passing();
    return result;
  };
  flaky.broker = new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const call = (...given: unknown[]) => Reflect.apply(value, target, given);
      return remote.has(String(name)) ? (...given: unknown[]) => disturb(() => call(...given)) : call;
    },
  });
  return flaky;
}
