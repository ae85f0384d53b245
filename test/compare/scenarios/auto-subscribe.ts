import type { Comparison } from "../comparison.ts";

/** What clients are subscribed to when they connect. */
export async function autoSubscribe(comparison: Comparison): Promise<void> {
  const { ask } = comparison;
  await ask("GET /mqtt/auto_subscribe");
  const body = [
    { topic: "compare/auto/simple" },
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are EMQX's placeholders
    { topic: "compare/auto/${clientid}", qos: 1, rh: 1, rap: 1, nl: 1 },
    { topic: "compare/auto/user/${username}", qos: 2 },
    { topic: "compare/auto/host/${host}/+" },
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are EMQX's placeholders
    { topic: "$share/g/compare/auto/shared", qos: 1 },
  ];
  await ask("PUT /mqtt/auto_subscribe", { body });
  await ask("GET /mqtt/auto_subscribe");
  await effects(comparison);
  await refused(comparison);
  await ask("PUT /mqtt/auto_subscribe", { body: [] });
  await ask("GET /mqtt/auto_subscribe");
}

async function effects({ ask, connect, as, inbox }: Comparison): Promise<void> {
  await ask("POST /publish", {
    body: { topic: "compare/auto/simple", payload: "kept", qos: 1, retain: true },
  });
  const clients = {
    "compare-v4": {},
    "compare-v5": { protocolVersion: 5 as const, username: "compare-user" },
    "compare-kept": { clean: false, username: "compare-user" },
  };
  for (const [clientid, options] of Object.entries(clients)) {
    await connect(clientid, options);
    await ask(`GET /clients/${clientid}/subscriptions`);
    await inbox(clientid, "when it connected");
  }
  const topics = ["simple", "compare-v5", "user/compare-user", "host/127.0.0.1/x", "shared"];
  for (const topic of topics) {
    await ask("POST /publish", { body: { topic: `compare/auto/${topic}`, payload: topic, qos: 2 } });
    if (topic === "shared") await inbox(Object.keys(clients), "together");
    else for (const clientid of Object.keys(clients)) await inbox(clientid, `on ${topic}`);
  }
  await as("compare-v5", (client) => client.publishAsync("compare/auto/compare-v5", "own", { qos: 1 }));
  await as("compare-v5", (client) => client.publishAsync("compare/auto/simple", "own", { qos: 1 }));
  await inbox("compare-kept", "that another one published");
  await as("compare-kept", (client) => client.unsubscribeAsync("compare/auto/simple"));
  await as("compare-kept", (client) => client.endAsync());
  await connect("compare-kept", clients["compare-kept"]);
  await ask("GET /clients/compare-kept/subscriptions");
  await ask("DELETE /clients/compare-kept");
  await ask("DELETE /mqtt/retainer/message/compare%2F%23");
}

async function refused({ ask }: Comparison): Promise<void> {
  const topic = "compare/auto/refused";
  const bodies: unknown[] = [
    ...[{ topic }, {}, [{}], ["x"], [{ topic, qos: 3 }], [{ topic, rh: 10 }], [{ topic, rap: -1 }]],
    ...[[{ topic, nl: -1 }], [{ topic, nosuch: 1 }], [{ topic: 1 }], [{ topic: "" }], [{ topic: "a/#/b" }]],
    ...[20, 21].map((length) => Array.from({ length }, (_, n) => ({ topic: `${topic}/${n}` }))),
    [{ topic: "$share/g" }],
  ];
  for (const body of bodies) await ask("PUT /mqtt/auto_subscribe", { body });
}
