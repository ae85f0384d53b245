import type { Comparison } from "../comparison.ts";

const rule = (action: string, source_topic: string, re: string, dest_topic: string) => ({
  action,
  source_topic,
  re,
  dest_topic,
});

const rules = [
  rule("all", "compare/x/#", "^compare/x/(.+)$", "compare/y/$1"),
  rule("publish", "compare/p/+", "^compare/p/(.)(.*)$", "compare/q/$2/$1"),
  rule("subscribe", "compare/s/#", "^compare/s/(.+)$", "compare/t/$1"),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: they are EMQX's placeholders
  rule("all", "compare/me/#", "^compare/me/(.*)$", "compare/of/${clientid}/${username}/$1"),
  rule("all", "compare/x/last/#", "^compare/x/last/(.+)$", "compare/z/$1"),
  rule("all", "compare/x/stop/#", "^nothing$", "compare/never"),
];

/** Rules that change topics: kept, refused, and what they do to publishing and subscribing. */
export async function rewrite(comparison: Comparison): Promise<void> {
  const { ask } = comparison;
  await ask("GET /mqtt/topic_rewrite");
  await ask("PUT /mqtt/topic_rewrite", { body: rules });
  await ask("GET /mqtt/topic_rewrite");
  await effects(comparison);
  await refused(comparison);
  await ask("PUT /mqtt/topic_rewrite", { body: [] });
  await ask("GET /mqtt/topic_rewrite");
}

async function effects({ ask, connect, as, inbox }: Comparison): Promise<void> {
  const readers = {
    "compare-v4": {},
    "compare-v5": { protocolVersion: 5 as const, username: "compare-user" },
  };
  const topics = [
    "compare/x/1",
    "compare/x/last/1",
    "compare/x/stop/1",
    "compare/p/ab",
    "compare/s/1",
    "compare/me/1",
  ];
  for (const [clientid, options] of Object.entries(readers)) {
    await connect(clientid, options);
    await as(clientid, (client) => client.subscribeAsync(topics, { qos: 1 }));
    await as(clientid, (client) => client.subscribeAsync("$share/g/compare/x/shared", { qos: 1 }));
    await ask(`GET /clients/${clientid}/subscriptions`);
  }
  await connect("compare-all");
  await as("compare-all", (client) => client.subscribeAsync("compare/#", { qos: 2 }));
  await connect("compare-sender", { username: "sender" });
  for (const topic of topics) {
    await as("compare-sender", (client) => client.publishAsync(topic, topic, { qos: 1 }));
    await ask("POST /publish", { body: { topic, payload: `API ${topic}`, qos: 1 } });
  }
  for (const clientid of [...Object.keys(readers), "compare-all"])
    await inbox(clientid, "by rewritten topics");
  await ask("POST /clients/compare-v4/subscribe", { body: { topic: "compare/x/api" } });
  await ask("GET /clients/compare-v4/subscriptions");
  await ask("POST /clients/compare-v4/unsubscribe", { body: { topic: "compare/x/api" } });
  await as("compare-v4", (client) => client.unsubscribeAsync(topics));
  await ask("GET /clients/compare-v4/subscriptions");
  await as("compare-sender", (client) =>
    client.publishAsync("compare/x/kept", "kept", { qos: 1, retain: true }),
  );
  await ask("GET /mqtt/retainer/messages?topic=compare/%23");
  await ask("DELETE /mqtt/retainer/message/compare%2F%23");
}

async function refused({ ask }: Comparison): Promise<void> {
  const good = rule("all", "compare/a", "a", "compare/b");
  const bodies: unknown[] = [
    ...["bad/test/#", "bad/#/test", "bad/test/+", "bad/+/test", ""].map((topic) => [
      { ...good, dest_topic: topic },
    ]),
    [
      { ...good, action: "publish", dest_topic: "bad/+" },
      { ...good, dest_topic: "bad/#" },
    ],
    [{ ...good, action: "subscribe", dest_topic: "good/+" }],
    ...[19, 20, 21].map((length) => Array.from({ length }, () => good)),
    ...[good, {}, [{}], [{ ...good, action: "nosuch" }], [{ ...good, re: "(" }], [{ ...good, nosuch: 1 }]],
    [{ ...good, source_topic: undefined }],
    [{ ...good, source_topic: "a/#/b" }],
  ];
  for (const body of bodies) await ask("PUT /mqtt/topic_rewrite", { body });
}
