import type { Comparison } from "../comparison.ts";

const filters = {
  "compare/subs/1": ["compare/s/a", "compare/s/+", "compare/s/#", "+/s/a", "$share/g1/compare/s/a"],
  "compare/subs/2": [
    "compare/s/a",
    "compare/s/a/b",
    "compare//b",
    "/",
    "$share/g2/compare/s/+",
    "$queue/compare/s/a",
  ],
  "compare/subs/3": ["compare/s/%25 ü", "compare/s/a", "$share/g1/compare/s/a", "$SYS/compare/#", "#"],
} as const;

/** Lists of subscriptions and topics, by every filter and page by page. */
export async function subscriptions(comparison: Comparison): Promise<void> {
  const { connect, as, ask } = comparison;
  for (const [n, [clientid, topics]] of Object.entries(filters).entries()) {
    await connect(clientid, n === 1 ? { protocolVersion: 5 } : {});
    for (const [m, topic] of topics.entries()) {
      const options = n === 1 && !topic.startsWith("$") ? { nl: true, rap: true, rh: 1 as const } : {};
      await as(clientid, (client) =>
        client.subscribeAsync(topic, { qos: ((n + m) % 3) as 0 | 1 | 2, ...options }),
      );
    }
    await ask(`GET /clients/${encodeURIComponent(clientid)}/subscriptions`);
  }
  await listed(comparison);
  await matched(comparison);
  await topics(comparison);
  await as("compare/subs/1", (client) => client.unsubscribeAsync(["compare/s/+", "$share/g1/compare/s/a"]));
  await as("compare/subs/2", (client) => client.endAsync());
  await ask("GET /subscriptions");
  await ask("GET /topics");
  await ask("GET /topics/compare%2Fs%2Fa");
}

async function listed({ ask, walk, node }: Comparison): Promise<void> {
  const queries = [
    ...[
      "",
      "qos=1",
      "qos=3",
      "clientid=compare/subs/1",
      "clientid=nosuch",
      `node=${node}`,
      "node=nosuch@host",
    ],
    ...["topic=compare/s/a", "topic=compare/s/%2B", "topic=$share/g1/compare/s/a", "topic=nosuch"],
    ...["share_group=g1", "share_group=nosuch", "share_group=$queue", "share_group=g1&topic=compare/s/a"],
    ...[
      "share_group=g1&qos=0",
      "clientid=compare/subs/2&qos=1",
      "qos=0&qos=1",
      "durable=true",
      "durable=false",
    ],
    ...["limit=3&page=99", "limit=16", "limit=0", "page=0", "durable=x"],
    "topic=compare/s/a&clientid=compare/subs/2",
  ];
  for (const query of queries) await ask(`GET /subscriptions?${query}`);
  for (const query of ["limit=3", "topic=compare/s/a&limit=2", "clientid=compare/subs/1&limit=2"]) {
    await walk(`/subscriptions?${query}`);
  }
  for (const match of ["compare/%23&limit=3", "compare/s/%23&limit=3", "compare/s/a&limit=1"]) {
    await walk(`/subscriptions?match_topic=${match}`);
  }
}

async function matched({ ask }: Comparison): Promise<void> {
  const matches = [
    ...[
      "compare/%23",
      "compare/s/%2B",
      "compare/s/a",
      "%23",
      "%2B/%2B/%2B",
      "%2B/s/%23",
      "compare/s/a/%23",
      "/",
    ],
    ...["compare/%2B/b", "nosuch/%23", "a/%23/b", "", "$SYS/%23", "%2B"],
    ...["$share/g1/compare/s/a", "$share/x", "$queue/compare/s/a", "compare/s/a&topic=compare/s/a"],
    ...["compare/%23&clientid=compare/subs/1", "compare/%23&qos=1", "compare/%23&share_group=g1"],
    ...["compare/%23&limit=100", "compare/%23&node=nosuch"],
  ];
  for (const match of matches) await ask(`GET /subscriptions?match_topic=${match}`);
}

async function topics({ ask, walk, node }: Comparison): Promise<void> {
  const queries = [
    ...[
      "",
      "topic=compare/s/a",
      "topic=compare/s/%2B",
      "topic=$share/g1/compare/s/a",
      "topic=$queue/compare/s/a",
    ],
    ...["topic=$share/g1", "topic=$share/%2B/a", "topic=nosuch", `node=${node}`, "node=nosuch@host"],
    ...[`topic=compare/s/a&node=${node}`, "limit=100&page=2", "limit=20", "limit=0", "topic=", "topic=%23"],
    ...[`node=${node}&topic=$share/g1/compare/s/a`],
  ];
  for (const query of queries) await ask(`GET /topics?${query}`);
  for (const query of ["limit=4", "topic=compare/s/a&limit=1"]) await walk(`/topics?${query}`);
  const paths = [
    "compare/s/a",
    "compare/s/+",
    "$share/g1/compare/s/a",
    "compare/s/%25 ü",
    "nosuch",
    "/",
    "#",
  ];
  for (const path of paths) await ask(`GET /topics/${encodeURIComponent(path)}`);
}
