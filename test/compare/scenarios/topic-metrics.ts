import type { Comparison } from "../comparison.ts";

/** Counts of the messages of a topic. */
export async function topicMetrics(comparison: Comparison): Promise<void> {
  const { ask } = comparison;
  const topic = "compare/measured";
  const path = `/mqtt/topic_metrics/${encodeURIComponent(topic)}`;
  await ask("GET /mqtt/topic_metrics");
  const bodies: unknown[] = [
    ...[{ topic }, { topic }, { topic: "" }, { topic: "compare/+" }, { topic: "compare/#" }, {}],
    ...[{ topic: "compare/other", nosuch: 1 }, [], { topic: "a b/ü" }, { topic: "$SYS/x" }],
  ];
  for (const body of bodies) await ask("POST /mqtt/topic_metrics", { body });
  await ask("GET /mqtt/topic_metrics");
  await counted(comparison, path, topic);
  const changes = [
    ...[
      { action: "reset", topic },
      { action: "reset", topic: "nosuch" },
      { action: "reset" },
      { action: "other" },
    ],
    ...[{}, { topic }, { action: "reset", topic: "" }],
  ];
  for (const body of changes) {
    await ask("PUT /mqtt/topic_metrics", { body });
    await ask(`GET ${path}`);
  }
  for (const name of [topic, topic, "nosuch", "compare/+", "a b/ü", "compare/other", "$SYS/x"]) {
    await ask(`DELETE /mqtt/topic_metrics/${encodeURIComponent(name)}`);
    await ask(`GET /mqtt/topic_metrics/${encodeURIComponent(name)}`);
  }
  await ask("GET /mqtt/topic_metrics");
}

/** Messages without a subscriber, with several ones, of each quality of service. */
async function counted({ ask, connect, as, inbox }: Comparison, path: string, topic: string): Promise<void> {
  await connect("compare-sender");
  const publish = async () => {
    for (const qos of [0, 1, 2] as const) {
      await as("compare-sender", (client) => client.publishAsync(topic, "x", { qos }));
      await ask("POST /publish", { body: { topic, payload: "x", qos } });
    }
    await ask(`GET ${path}`);
  };
  await publish();
  for (const [n, clientid] of ["compare-v4", "compare-v5"].entries()) {
    await connect(clientid, n === 1 ? { protocolVersion: 5 } : {});
    await as(clientid, (client) => client.subscribeAsync(n === 1 ? "compare/#" : topic, { qos: 1 }));
    await publish();
    await inbox(clientid, "that is counted");
  }
  await ask("POST /publish", { body: { topic: `${topic}/below`, payload: "y" } });
  await ask(`GET ${path}`);
  await ask("GET /mqtt/topic_metrics");
}
