import type { Both, Comparison } from "../comparison.ts";
import type { Target } from "../target.ts";

type Side = keyof Both<unknown>;

/** Messages that are held back: listed, shown, removed, delivered. */
export async function delayed(comparison: Comparison): Promise<void> {
  const { ask, connect, as, inbox } = comparison;
  await connect("compare-reader", { protocolVersion: 5 });
  await as("compare-reader", (client) => client.subscribeAsync("compare/d/#", { qos: 2 }));
  await connect("compare-sender", { username: "compare-user" });
  await ask("GET /mqtt/delayed/messages");
  await made(comparison);
  await ask("GET /mqtt/delayed/messages");
  for (const query of ["limit=2", "limit=2&page=2", "page=9", "limit=0"]) {
    await ask(`GET /mqtt/delayed/messages?${query}`);
  }
  await single(comparison);
  for (const topic of ["compare/d/many", "compare/d/many", "compare/d/#", "+", "nosuch", "compare/d/a#"]) {
    await ask(`DELETE /mqtt/delayed/messages/${encodeURIComponent(topic)}`);
  }
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await inbox("compare-reader", "when it was due");
  await ask("GET /mqtt/delayed/messages");
  await settings(comparison);
}

async function made({ ask, as }: Comparison): Promise<void> {
  const bodies = [
    { topic: "$delayed/2/compare/d/soon", payload: "soon", qos: 1 },
    { topic: "$delayed/2/compare/d/props", payload: "p", properties: { content_type: "text/plain" } },
    { topic: "$delayed/600/compare/d/many", payload: "x", qos: 2 },
    { topic: "$delayed/700/compare/d/many", payload: "y" },
    { topic: "$delayed/601/compare/d/large", payload: "z".repeat(2_049) },
    { topic: "$delayed/0/compare/d/now", payload: "now" },
    { topic: "$delayed/5000000/compare/d/far", payload: "far" },
    ...["$delayed/x/compare/d/bad", "$delayed/-1/compare/d/bad", "$delayed/1.5/compare/d/bad"].map(
      (topic) => ({
        topic,
        payload: "bad",
      }),
    ),
    ...["$delayed/1", "$delayed/1/", "$delayed/", "$delayed", "$delayed/1/compare/+"].map((topic) => ({
      topic,
      payload: "bad",
    })),
  ];
  for (const body of bodies) await ask("POST /publish", { body });
  const publish = (topic: string, qos: 0 | 1 | 2) =>
    as("compare-sender", (client) => client.publishAsync(topic, "from a client", { qos }));
  await publish("$delayed/2/compare/d/client", 1);
  await publish("$delayed/602/compare/d/client", 2);
}

async function single({ ask, node, each }: Comparison): Promise<void> {
  const rows = await each(async (target) => {
    const { json } = await target.call({ method: "GET", path: "/mqtt/delayed/messages?limit=1000" });
    return new Map<string, string>(
      json.data.map(({ topic, msgid, qos }: Record<string, unknown>) => [`${topic} ${qos}`, msgid]),
    );
  });
  const of = (row: string) => (_: Target, side: Side) => `${node}/${rows[side].get(row)}`;
  for (const row of ["compare/d/many 2", "compare/d/large 0", "compare/d/client 2"]) {
    await ask((target, side) => `GET /mqtt/delayed/messages/${of(row)(target, side)}`);
  }
  await ask(
    (target, side) => `GET /mqtt/delayed/messages/${of("compare/d/many 2")(target, side).toLowerCase()}`,
  );
  const removed = of("compare/d/client 2");
  await ask((target, side) => `DELETE /mqtt/delayed/messages/${removed(target, side)}`);
  await ask((target, side) => `GET /mqtt/delayed/messages/${removed(target, side)}`);
  await ask((target, side) => `DELETE /mqtt/delayed/messages/${removed(target, side)}`);
  for (const method of ["GET", "DELETE"]) {
    await ask(`${method} /mqtt/delayed/messages/${node}/nosuch`);
    await ask(`${method} /mqtt/delayed/messages/${node}/00000000000000000000000000000000`);
    await ask(`${method} /mqtt/delayed/messages/nosuch@host/00000000000000000000000000000000`);
  }
}

async function settings({ ask, as, inbox }: Comparison): Promise<void> {
  const bodies = [
    { enable: true, max_delayed_messages: 1 },
    { enable: true, max_delayed_messages: -5 },
    { max_delayed_messages: "1" },
    { enable: "true" },
    {},
    { nosuch: 1 },
  ];
  for (const body of bodies) {
    await ask("PUT /mqtt/delayed", { body });
    await ask("GET /mqtt/delayed");
  }
  for (const n of [1, 2]) {
    await ask("POST /publish", { body: { topic: `$delayed/600/compare/d/${n}`, payload: "limited" } });
  }
  await ask("GET /mqtt/delayed/messages");
  await ask("PUT /mqtt/delayed", { body: { enable: false } });
  await ask("GET /mqtt/delayed/messages");
  await ask("POST /publish", { body: { topic: "$delayed/1/compare/d/off", payload: "off" } });
  await as("compare-sender", (client) => client.publishAsync("$delayed/1/compare/d/off", "off", { qos: 1 }));
  await inbox("compare-reader", "while it is switched off");
  await ask("PUT /mqtt/delayed", { body: { enable: true, max_delayed_messages: 0 } });
}
