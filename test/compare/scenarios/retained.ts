import { setTimeout as wait } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";

/** Retained messages: made by the API and by clients, listed, sent to subscribers, removed. */
export async function retained(comparison: Comparison): Promise<void> {
  await made(comparison);
  await listed(comparison);
  await sent(comparison);
  await removed(comparison);
  await settings(comparison);
}

async function made({ ask, as, connect }: Comparison): Promise<void> {
  await connect("compare-keeper", { protocolVersion: 5, username: "compare-user" });
  const publish = (topic: string, payload: string | Buffer, qos: 0 | 1 | 2, properties = {}) =>
    as("compare-keeper", (client) => client.publishAsync(topic, payload, { qos, retain: true, properties }));
  await publish("compare/r/1", "first", 0);
  await publish("compare/r/1", "again", 1);
  await publish("compare/r/2", Buffer.from([0, 255]), 2);
  await publish("compare/r", "parent", 1, { contentType: "text/plain", userProperties: { a: "b" } });
  await publish("compare/r/short", "short", 1, { messageExpiryInterval: 1 });
  await publish("$compare/r", "hidden", 1);
  const bodies = [
    { topic: "compare/r/api", payload: "from the API", qos: 1, retain: true },
    { topic: "compare/r/a/b", payload: "aGVsbG8=", payload_encoding: "base64", retain: true },
    { topic: "compare/r/props", payload: "x", retain: true, properties: { message_expiry_interval: 600 } },
    { topic: "compare/r/not", payload: "not retained", retain: false },
    { topic: "compare/r/gone", payload: "gone", retain: true },
    { topic: "compare/r/gone", payload: "", retain: true },
  ];
  for (const body of bodies) await ask("POST /publish", { body });
}

async function listed({ ask }: Comparison): Promise<void> {
  await wait(2_100); // One of them expires.
  await ask("GET /mqtt/retainer/messages?limit=1000");
  const queries = [
    ...[
      "compare/r/%23",
      "compare/r/%2B",
      "compare/r/1",
      "compare/nosuch",
      "%2B/r",
      "%23",
      "$compare/%23",
      "",
    ],
    ...[
      "compare/r/%23&limit=3",
      "compare/r/%23&limit=3&page=2",
      "compare/r/%23&limit=7",
      "compare/r/%23&page=9",
    ],
    ...["$share/g/compare/r/1", "a/%23/b", "compare/r/%23&limit=0", "compare/r/short"],
  ];
  for (const query of queries) await ask(`GET /mqtt/retainer/messages?topic=${query}`);
  const topics = [
    "compare/r/1",
    "compare/r/2",
    "compare/r",
    "compare/r/+",
    "compare/r/#",
    "compare/r/a/b",
    "nosuch",
  ];
  for (const topic of [...topics, "compare/r/gone", "compare/r/short", "$compare/r", "compare/r/api/#"]) {
    await ask(`GET /mqtt/retainer/message/${encodeURIComponent(topic)}`);
  }
}

async function sent({ as, connect, inbox, ask }: Comparison): Promise<void> {
  await connect("compare-v4");
  await as("compare-v4", (client) => client.subscribeAsync("compare/r/1", { qos: 2 }));
  await inbox("compare-v4", "when it subscribed");
  await as("compare-v4", (client) => client.subscribeAsync("compare/r/1", { qos: 0 }));
  await inbox("compare-v4", "when it subscribed again");
  await connect("compare-v5", { protocolVersion: 5 });
  for (const rh of [0, 1, 1, 2] as const) {
    const topic = `compare/r${rh === 0 ? "" : "/1"}`;
    await as("compare-v5", (client) => client.subscribeAsync(topic, { qos: 1, rh, rap: rh === 1 }));
    await inbox("compare-v5", `when it subscribed with retain handling ${rh}`);
  }
  await ask("POST /publish", { body: { topic: "compare/r/1", payload: "live", qos: 1, retain: true } });
  await inbox("compare-v4", "of a retained message, live");
  await inbox("compare-v5", "of a retained message, live and as published");
  await ask("GET /mqtt/retainer/message/compare%2Fr%2F1");
}

async function removed({ ask }: Comparison): Promise<void> {
  for (const topic of [
    "compare/r/1",
    "compare/r/1",
    "compare/r/a/#",
    "nosuch",
    "compare/+/2",
    "$compare/r",
  ]) {
    await ask(`DELETE /mqtt/retainer/message/${encodeURIComponent(topic)}`);
  }
  await ask("GET /mqtt/retainer/messages?topic=compare/r/%23");
  await ask("DELETE /mqtt/retainer/messages?topic=nosuch");
  await ask("GET /mqtt/retainer/messages?topic=compare/%23");
}

/** Changes that show in what is kept; at the end all is as it was. */
async function settings({ ask, as, connect, inbox }: Comparison): Promise<void> {
  const kept = () => ask("GET /mqtt/retainer/messages?topic=compare/%23");
  const publish = (topic: string, payload: string, qos = 0) =>
    ask("POST /publish", { body: { topic: `compare/set/${topic}`, payload, qos, retain: true } });
  await ask("PUT /mqtt/retainer", { body: { max_payload_size: "4B", msg_clear_limit: 500 } });
  await ask("GET /mqtt/retainer");
  await publish("fits", "1234");
  await publish("large", "12345");
  await kept();
  await ask("PUT /mqtt/retainer", { body: { max_payload_size: "1MB", msg_expiry_interval: "1s" } });
  await publish("expires", "x");
  await kept();
  await wait(2_100);
  await kept();
  await ask("PUT /mqtt/retainer", { body: { msg_expiry_interval: "0s", stop_publish_clear_msg: true } });
  await connect("compare-clear");
  await as("compare-clear", (client) => client.subscribeAsync("compare/set/#", { qos: 1 }));
  await publish("fits", "", 1);
  await inbox("compare-clear", "of a message that clears, held");
  await ask("PUT /mqtt/retainer", { body: { stop_publish_clear_msg: false } });
  await publish("fits", "", 1);
  await inbox("compare-clear", "of a message that clears");
  const backend = { type: "built_in_database", storage_type: "ram", max_retained_messages: 1, enable: true };
  await ask("PUT /mqtt/retainer", { body: { backend: { ...backend, storage_type: "disc" } } });
  await ask("GET /mqtt/retainer");
  for (const body of [
    { backend: { type: "nosuch" } },
    { nosuch: 1 },
    { enable: "maybe" },
    { max_payload_size: "x" },
  ]) {
    await ask("PUT /mqtt/retainer", { body });
  }
  await ask("PUT /mqtt/retainer", { body: { backend: { ...backend, max_retained_messages: 0 } } });
  await ask("PUT /mqtt/retainer", { body: { enable: false } });
  await publish("off", "x");
  await kept();
  await ask("GET /mqtt/retainer");
  await wait(500);
  await ask("PUT /mqtt/retainer", { body: { enable: true } });
  await ask("DELETE /mqtt/retainer/messages");
}
