import { readFile } from "node:fs/promises";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Program, temporaryFolder } from "../support/program.ts";

/** 200 MQTT clients: 150 that are connected, half of them with MQTT 5, and 50 that left a session behind. */
const connected = Array.from({ length: 150 }, (_, n) => `device/${n}`);
const away = Array.from({ length: 50 }, (_, n) => `sleeper/${n}`);

let program: Program;
let key: string;
const clients = new Map<string, MqttClient>();
const received = new Map<string, string[]>();

async function connect(clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(program.address("mqtt:"), { clientId, reconnectPeriod: 0, ...options });
  received.set(clientId, []);
  client.on("message", (topic, payload) => received.get(clientId)?.push(`${topic} ${payload}`));
  await new Promise((resolve, reject) => client.once("connect", resolve).once("error", reject));
  clients.set(clientId, client);
  return client;
}

beforeAll(async () => {
  const data = await temporaryFolder();
  program = await Program.start(data);
  key = (await readFile(join(data, "administrator-key"), "utf8")).trim();
  await Promise.all(
    connected.map(async (id, n) => {
      const client = await connect(id, { protocolVersion: n % 2 === 0 ? 4 : 5, username: `user${n % 10}` });
      await client.subscribeAsync([`${id}/in`, "fleet/all", "$share/workers/jobs"], { qos: 1 });
    }),
  );
  await Promise.all(
    away.map(async (id) => {
      const client = await connect(id, { clean: false });
      await client.subscribeAsync(`${id}/in`, { qos: 1 });
      await client.endAsync();
    }),
  );
  await eventually(async () => expect((await get("/clients?limit=1")).meta.count).toBe(200));
});

afterAll(async () => {
  for (const client of clients.values()) client.end(true);
  await program.interrupt();
});

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(program.address("http:") + path, {
    method,
    headers: { authorization: `Basic ${btoa(key)}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text ? JSON.parse(text) : undefined };
}

const get = async (path: string) => (await call("GET", path)).json;

const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 50 });

/** What a client got, without what earlier tests sent. */
const newOf = (clientid: string, text: string) =>
  (received.get(clientid) ?? []).filter((message) => message.includes(text));

describe("the lists", () => {
  const all = [...connected, ...away].sort();

  test("hold each client once, by page and by cursor", async () => {
    const byPage: string[] = [];
    for (let page = 1; ; page += 1) {
      const { data, meta } = await get(`/clients?limit=30&page=${page}&fields=clientid`);
      byPage.push(...data.map((row: { clientid: string }) => row.clientid));
      if (!meta.hasnext) break;
    }
    const byCursor: string[] = [];
    let cursor = "";
    do {
      const { data, meta } = await get(`/clients_v2?limit=30${cursor && `&cursor=${cursor}`}`);
      byCursor.push(...data.map((row: { clientid: string }) => row.clientid));
      cursor = meta.cursor;
    } while (cursor);
    expect(byPage.sort()).toEqual(all);
    expect(byCursor.sort()).toEqual(all);
  });

  test("tell who is connected, of which user, with which protocol", async () => {
    const count = async (query: string) => (await get(`/clients?limit=1&${query}`)).meta.count;
    expect(await count("conn_state=disconnected")).toBe(50);
    expect(await count("proto_ver=5")).toBe(75);
    expect(await count("username=user3&username=user4")).toBe(30);
    expect(await get("/sessions_count")).toBe(200);
  });

  test("hold every subscription, and find those of a topic", async () => {
    expect((await get("/subscriptions?limit=1")).meta.count).toBe(500);
    expect((await get("/subscriptions?match_topic=sleeper/%2B/in&limit=1000")).data).toHaveLength(50);
    expect((await get("/subscriptions?share_group=workers&limit=1000")).data).toHaveLength(150);
    expect((await get("/topics?limit=1")).meta.count).toBe(202);
    expect(await get("/topics/fleet%2Fall")).toEqual([{ topic: "fleet/all", node: "emqx@127.0.0.1" }]);
  });
});

test("a message to all reaches each connected client once", async () => {
  expect((await call("POST", "/publish", { topic: "fleet/all", payload: "once", qos: 1 })).status).toBe(200);
  await eventually(() => {
    for (const id of connected) expect(newOf(id, "once")).toEqual(["fleet/all once"]);
  });
});

test("a job reaches one worker of the group", async () => {
  const jobs = Array.from({ length: 100 }, (_, n) => ({ topic: "jobs", payload: `job-${n}.`, qos: 1 }));
  expect((await call("POST", "/publish/bulk", jobs)).status).toBe(200);
  await eventually(() => {
    const done = connected.flatMap((id) => newOf(id, "job-"));
    expect(done.sort()).toEqual(jobs.map(({ topic, payload }) => `${topic} ${payload}`).sort());
  });
});

test("what waits for a client that is away is what it gets when it comes back", async () => {
  const id = "sleeper/7";
  const path = `/clients/${encodeURIComponent(id)}/mqueue_messages`;
  for (let n = 0; n < 25; n += 1) {
    await call("POST", "/publish", { topic: `${id}/in`, payload: `waiting-${n}`, qos: n % 2 });
  }
  const shown: string[] = [];
  let position = "none";
  for (;;) {
    const { data, meta } = await get(`${path}?limit=7&payload=plain&position=${position}`);
    shown.push(...data.map(({ topic, payload }: Record<string, string>) => `${topic} ${payload}`));
    if (data.length === 0) break;
    position = meta.position;
  }
  expect(shown).toHaveLength(25);
  await connect(id, { clean: false });
  await eventually(() => expect(received.get(id)).toEqual(shown));
  await eventually(async () => expect((await get(path)).data).toEqual([]));
});

test("a retained message is shown, and reaches who subscribes later; removed, it does not", async () => {
  await call("POST", "/publish", { topic: "kept/1", payload: "still here", retain: true });
  expect((await get("/mqtt/retainer/messages?topic=kept/%2B")).data).toMatchObject([
    { topic: "kept/1", from_clientid: "http_api" },
  ]);
  const late = clients.get("device/0") as MqttClient;
  await late.subscribeAsync("kept/#");
  await eventually(() => expect(newOf("device/0", "still here")).toEqual(["kept/1 still here"]));
  expect((await call("DELETE", "/mqtt/retainer/message/kept%2F1")).status).toBe(204);
  await clients.get("device/1")?.subscribeAsync("kept/#");
  await call("POST", "/publish", { topic: "kept/2", payload: "sentinel" });
  await eventually(() => expect(newOf("device/1", "kept/")).toEqual(["kept/2 sentinel"]));
});

test("a delayed message is listed until it comes", async () => {
  const accepted = await call("POST", "/publish", { topic: "$delayed/2/device/2/in", payload: "tick" });
  expect(accepted.status).toBe(202);
  expect((await get("/mqtt/delayed/messages")).data).toMatchObject([{ topic: "device/2/in" }]);
  expect(newOf("device/2", "tick")).toEqual([]);
  await eventually(() => expect(newOf("device/2", "tick")).toEqual(["device/2/in tick"]));
  await eventually(async () => expect((await get("/mqtt/delayed/messages")).data).toEqual([]));
});

test("clients are subscribed, unsubscribed, kicked out in bulk, and banned", async () => {
  const path = `/clients/${encodeURIComponent("device/3")}`;
  expect((await call("POST", `${path}/subscribe`, { topic: "extra/#", qos: 1 })).status).toBe(200);
  await call("POST", "/publish", { topic: "extra/1", payload: "more" });
  await eventually(() => expect(newOf("device/3", "more")).toEqual(["extra/1 more"]));
  expect((await call("POST", `${path}/unsubscribe`, { topic: "extra/#" })).status).toBe(204);
  await eventually(async () => expect(await get(`${path}/subscriptions`)).toHaveLength(3));

  const kicked = connected.slice(10, 20);
  expect((await call("POST", "/clients/kickout/bulk", [...kicked, "nobody"])).status).toBe(204);
  await eventually(() => {
    for (const id of kicked) expect(clients.get(id)?.connected).toBe(false);
  });
  expect((await call("POST", "/banned", { as: "clientid_re", who: "^device/2\\d$" })).status).toBe(200);
  await eventually(() => {
    for (const id of connected.slice(20, 30)) expect(clients.get(id)?.connected).toBe(false);
  });
  await expect(connect("device/25")).rejects.toThrow();
  expect((await call("DELETE", "/banned")).status).toBe(204);
  await connect("device/25");
  // 20 are gone, one is back.
  await eventually(async () => expect((await get("/clients?limit=1")).meta.count).toBe(181));
});
