import type { IClientOptions } from "mqtt";
import type { Comparison } from "../comparison.ts";

const v5 = { protocolVersion: 5 } as const;

/** Clients of every version, with every property that a connection may have. */
const kinds: Record<string, IClientOptions> = {
  "compare-v31": { protocolVersion: 3, protocolId: "MQIsdp" },
  "compare-v311": { protocolVersion: 4, clean: true, keepalive: 0 },
  "compare-v311-kept": { clean: false, keepalive: 65_535 },
  "compare-v5-plain": v5,
  "compare-v5-zero": { ...v5, properties: { sessionExpiryInterval: 0 } },
  "compare-v5-max": { ...v5, properties: { sessionExpiryInterval: 0xffffffff } },
  "compare-v5-kept": { ...v5, clean: false, properties: { sessionExpiryInterval: 300 } },
  "compare-v5-small": { ...v5, properties: { receiveMaximum: 1, maximumPacketSize: 128 } },
  "compare-v5-alias": { ...v5, properties: { topicAliasMaximum: 10 } },
  "compare-v5-told": {
    ...v5,
    properties: {
      userProperties: { a: "1", b: ["2", "3"] },
      requestResponseInformation: true,
      requestProblemInformation: false,
    },
  },
  "compare-v5-named": { ...v5, username: "ü 测试", password: "secret" },
};

/** Who connects is described, taken over, leaves a will, and is remembered as long as it asked for. */
export async function sessions(comparison: Comparison): Promise<void> {
  await described(comparison);
  await takenOver(comparison);
  await wills(comparison);
  await properties(comparison);
  await counted(comparison);
}

async function described({ ask, connect, as }: Comparison): Promise<void> {
  for (const [clientid, options] of Object.entries(kinds)) {
    await connect(clientid, options);
    await as(clientid, (client) => client.subscribeAsync(`compare/kinds/${clientid}`, { qos: 2 }));
    await ask(`GET /clients/${clientid}`);
    await ask(`GET /clients/${clientid}/subscriptions`);
    await ask(`GET /clients?clientid=${clientid}`);
  }
  for (const query of ["proto_ver=3", "proto_ver=4", "proto_ver=5", "proto_ver=x", "clean_start=true"]) {
    await ask(`GET /clients?like_clientid=compare&${query}`);
    await ask(`GET /clients_v2?like_clientid=compare&${query}`);
  }
  const farewell = {
    reasonString: "bye",
    userProperties: { a: "1", b: "2" },
    sessionExpiryInterval: 100,
  };
  for (const clientid of Object.keys(kinds)) {
    const properties = clientid === "compare-v5-kept" ? farewell : {};
    await as(clientid, (client) => client.endAsync(false, { reasonCode: 0, properties }));
    await ask(`GET /clients/${clientid}`);
  }
  await ask("GET /clients?conn_state=disconnected&like_clientid=compare");
  await ask("GET /clients?conn_state=idle&like_clientid=compare");
  await ask("POST /clients/kickout/bulk", { body: Object.keys(kinds) });
  await ask("GET /clients?like_clientid=compare");
}

async function takenOver({ ask, connect, as, see, inbox }: Comparison): Promise<void> {
  for (const [clientid, first, second] of [
    ["compare-take-4", { clean: false }, { clean: false }],
    ["compare-take-5", { ...v5, properties: { sessionExpiryInterval: 60 } }, { ...v5, clean: false }],
    ["compare-take-clean", { clean: false }, { clean: true }],
  ] as const) {
    await connect(clientid, first);
    await as(clientid, (client) => client.subscribeAsync(`compare/take/${clientid}`, { qos: 1 }));
    await connect(clientid, second);
    await see(`the farewell of ${clientid}`, (target) => target.farewells(clientid));
    await ask(`GET /clients/${clientid}`);
    await ask(`GET /clients/${clientid}/subscriptions`);
    await ask("POST /publish", { body: { topic: `compare/take/${clientid}`, payload: "x", qos: 1 } });
    await inbox(clientid, "after it was taken over");
    await ask(`DELETE /clients/${clientid}`);
  }
}

async function wills({ ask, connect, as, inbox }: Comparison): Promise<void> {
  await connect("compare-heir", v5);
  await as("compare-heir", (client) => client.subscribeAsync("compare/will/#", { qos: 2, rap: true }));
  const payload = Buffer.from("gone");
  const will = (name: string) => ({ topic: `compare/will/${name}`, payload, qos: 1 as const, retain: true });
  const properties = { contentType: "text/plain", userProperties: { a: "1" }, messageExpiryInterval: 60 };
  const mortals: Record<string, IClientOptions> = {
    "compare-will-4": { will: will("4") },
    "compare-will-5": { ...v5, will: { ...will("5"), retain: false, properties } },
    "compare-will-late": {
      ...v5,
      properties: { sessionExpiryInterval: 60 },
      will: { ...will("late"), properties: { willDelayInterval: 1 } },
    },
    "compare-will-kept": { ...v5, will: will("kept") },
  };
  for (const [clientid, options] of Object.entries(mortals)) {
    await connect(clientid, options);
    await ask(`GET /clients/${clientid}`);
    if (clientid === "compare-will-kept") await as(clientid, (client) => client.endAsync());
    else await as(clientid, async (client) => void client.stream.destroy());
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await inbox("compare-heir", "of who is gone");
  await connect("compare-will-kicked", { ...v5, will: will("kicked") });
  await ask("DELETE /clients/compare-will-kicked");
  await inbox("compare-heir", "of who was kicked out");
  await ask("GET /mqtt/retainer/messages?topic=compare/will/%23");
  await ask("DELETE /mqtt/retainer/message/compare%2Fwill%2F%23");
  await ask("POST /clients/kickout/bulk", { body: Object.keys(mortals) });
}

async function properties({ ask, connect, as, inbox }: Comparison): Promise<void> {
  await connect("compare-reads", { ...v5, properties: { topicAliasMaximum: 5 } });
  await as("compare-reads", (client) =>
    client.subscribeAsync("compare/props/#", { qos: 2, properties: { subscriptionIdentifier: 7 } }),
  );
  await connect("compare-writes", v5);
  const publish = (topic: string, given: object) =>
    as("compare-writes", (client) => client.publishAsync(topic, "p", { qos: 1, properties: given }));
  await publish("compare/props/user", { userProperties: { a: "1", b: ["2", "2"] } });
  await publish("compare/props/response", { responseTopic: "r/1", correlationData: Buffer.from([0, 1]) });
  await publish("compare/props/expiry", { messageExpiryInterval: 100 });
  await publish("compare/props/format", { payloadFormatIndicator: true, contentType: "x/y" });
  await inbox("compare-reads", "with properties");
  await ask("GET /clients/compare-reads/subscriptions");
  await ask("GET /subscriptions?clientid=compare-reads");
}

/** EMQX tells counters late; here they are waited for. */
async function counted({ ask, connect, as, inbox }: Comparison): Promise<void> {
  await connect("compare-counted", { ...v5, keepalive: 60 });
  await as("compare-counted", (client) => client.subscribeAsync("compare/counted", { qos: 2 }));
  for (const qos of [0, 1, 2] as const) {
    await ask("POST /publish", { body: { topic: "compare/counted", payload: "x", qos } });
    await as("compare-counted", (client) => client.publishAsync("compare/nobody", "x", { qos }));
  }
  await inbox("compare-counted", "that is counted");
  await ask("GET /clients/compare-counted", { exact: true });
}
