import { setTimeout as wait } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";

/** Subscriptions that messages reach slowly. */
export async function slowSubscriptions(comparison: Comparison): Promise<void> {
  const { ask } = comparison;
  await ask("GET /slow_subscriptions/settings");
  const settings = { enable: true, threshold: "100ms", expire_interval: "300s", top_k_num: 10 };
  await ask("PUT /slow_subscriptions/settings", { body: { ...settings, stats_type: "whole" } });
  await ask("GET /slow_subscriptions");
  await slow(comparison, "compare-slow-4", 4);
  await slow(comparison, "compare-slow-5", 5);
  await ask("GET /slow_subscriptions?page=1&limit=1");
  await ask("GET /slow_subscriptions?limit=nosuch");
  await ask("DELETE /slow_subscriptions");
  await ask("GET /slow_subscriptions");
  const bodies: unknown[] = [
    ...[{}, { threshold: "1s" }, { stats_type: "internal" }, { stats_type: "nosuch" }, { top_k_num: 0 }],
    ...[
      { top_k_num: 1001 },
      { threshold: "soon" },
      { nosuch: 1 },
      { enable: "x" },
      [],
      { expire_interval: 5 },
    ],
  ];
  for (const body of bodies) {
    await ask("PUT /slow_subscriptions/settings", { body });
    await ask("GET /slow_subscriptions/settings");
  }
  await ask("PUT /slow_subscriptions/settings", {
    body: { enable: false, threshold: "500ms", expire_interval: "300s", top_k_num: 10, stats_type: "whole" },
  });
  await ask("DELETE /slow_subscriptions");
}

/** A client that takes its time to acknowledge. */
async function slow(
  { ask, connect, as, inbox }: Comparison,
  clientid: string,
  version: 4 | 5,
): Promise<void> {
  await connect(clientid, { protocolVersion: version });
  await as(clientid, async (client) => {
    client.handleMessage = (_, done) => void wait(400).then(() => done());
    await client.subscribeAsync(`compare/slow/${version}`, { qos: 1 });
  });
  await ask("POST /publish", { body: { topic: `compare/slow/${version}`, payload: "slow", qos: 1 } });
  await inbox(clientid, "slowly");
  await wait(500);
  await ask("GET /slow_subscriptions");
}
