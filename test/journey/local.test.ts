import { exec } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { App, Stack } from "aws-cdk-lib";
import mqtt from "mqtt";
import { expect, test, vi } from "vitest";
import * as resources from "../../functions/index.ts";
import { Fleetgate } from "../../infra/aws/fleetgate.ts";
import { methodOf, pathOf, type Resource } from "../../lib/contract/resource.ts";
import { Program, temporaryFolder } from "../support/program.ts";

const shell = promisify(exec);

/** Calls the API of a program with the key that it made. */
async function caller(program: Program, data: string) {
  const key = (await readFile(join(data, "administrator-key"), "utf8")).trim();
  const base = program.address("http:");
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Basic ${btoa(key)}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return { status: response.status, json: isJson && text ? JSON.parse(text) : undefined };
  };
}

/** Waits until a check passes: brokers report to the registry a moment later. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 50 });

/** What can be read with a key and without parameters. */
const listPaths = Object.values<Resource>(resources)
  .flatMap(({ operations }) => Object.values(operations))
  .filter((operation) => methodOf(operation) === "GET" && operation.access !== "token")
  .filter(({ outsidePrefix }) => outsidePrefix !== "only")
  .map(pathOf)
  .filter((path) => !path.includes("{"));

/** Synthesises the app, as `cdk synth` does, and returns the folder with the bundles. */
async function synthesise(): Promise<string> {
  const outdir = await temporaryFolder();
  const app = new App({ outdir });
  new Fleetgate(new Stack(app, "journey"), "Fleetgate");
  app.synth();
  return outdir;
}

test.each([
  ["with the sources", async () => []],
  ["with the bundles that are deployed", async () => ["--assets", await synthesise()]],
])("a client that connects is listed, gets messages, and is gone once kicked out: %s", async (_, options) => {
  const data = await temporaryFolder();
  const program = await Program.start(data, ...(await options()));
  const call = await caller(program, data);
  expect((await stat(join(data, "administrator-key"))).mode & 0o777).toBe(0o600);
  const { stdout } = await shell(program.curl);
  expect(JSON.parse(stdout)).toHaveLength(1);

  const client = await mqtt.connectAsync(program.address("mqtt:"), {
    clientId: "sensor/1",
    reconnectPeriod: 0,
  });
  await client.subscribeAsync("t/#", { qos: 1 });
  const message = new Promise((resolve) =>
    client.on("message", (topic, payload) => resolve([topic, `${payload}`])),
  );
  await eventually(async () => {
    const { json } = await call("GET", "/clients?limit=10");
    expect(json.meta.count).toBe(1);
    expect(json.data).toMatchObject([
      { clientid: "sensor/1", connected: true, ip_address: "127.0.0.1", proto_ver: 4, subscriptions_cnt: 1 },
    ]);
  });
  expect((await call("GET", "/clients/sensor%2F1/subscriptions")).json).toMatchObject([
    { topic: "t/#", qos: 1 },
  ]);

  expect((await call("POST", "/publish", { topic: "t/1", payload: "hi" })).status).toBe(200);
  expect(await message).toEqual(["t/1", "hi"]);

  const kept = { topic: "kept/a b", payload: "on", qos: 1, retain: true };
  expect((await call("POST", "/publish", kept)).status).toBe(202);
  expect((await call("GET", "/mqtt/retainer/messages?topic=kept%2F%2B")).json.data).toMatchObject([
    { topic: "kept/a b", qos: 1 },
  ]);
  expect((await call("GET", "/mqtt/retainer/message/kept%2Fa%20b")).json).toMatchObject({
    payload: btoa("on"),
  });
  expect((await call("DELETE", "/mqtt/retainer/message/kept%2Fa%20b")).status).toBe(204);
  expect((await call("GET", "/mqtt/retainer/messages")).json.data).toEqual([]);

  for (const path of listPaths) expect([path, (await call("GET", path)).status]).toEqual([path, 200]);

  const closed = new Promise<void>((resolve) => client.on("close", () => resolve()));
  expect((await call("DELETE", "/clients/sensor%2F1")).status).toBe(204);
  await closed;
  expect(await call("GET", "/clients/sensor%2F1")).toMatchObject({
    status: 404,
    json: { code: "CLIENTID_NOT_FOUND", message: "Client ID not found" },
  });

  expect((await call("POST", "/banned", { as: "clientid_re", who: "^sensor/" })).status).toBe(200);
  const again = mqtt.connectAsync(
    program.address("mqtt:"),
    { clientId: "sensor/1", reconnectPeriod: 0 },
    false,
  );
  await expect(again).rejects.toThrow("Not authorized");
  expect(await program.interrupt()).toBe(0);
});

test("keys and persistent sessions survive a restart, with the messages that were published meanwhile", async () => {
  const data = await temporaryFolder();
  let program = await Program.start(data);
  const persistent = { clientId: "keeper", clean: false, reconnectPeriod: 0 };
  const first = await mqtt.connectAsync(program.address("ws:"), persistent);
  await first.subscribeAsync("t/#", { qos: 1 });
  await first.endAsync();
  expect(await program.interrupt()).toBe(0);

  program = await Program.start(data);
  const call = await caller(program, data);
  expect((await call("GET", "/clients/keeper")).json).toMatchObject({
    connected: false,
    subscriptions_cnt: 1,
  });
  expect((await call("GET", "/clients/keeper/subscriptions")).json).toMatchObject([{ topic: "t/#" }]);
  expect((await call("POST", "/publish", { topic: "t/1", payload: "later", qos: 1 })).status).toBe(200);
  const second = mqtt.connect(program.address("mqtt:"), persistent);
  const [, payload] = await new Promise<[string, Buffer]>((resolve) =>
    second.on("message", (topic, body) => resolve([topic, body])),
  );
  expect(`${payload}`).toBe("later");
  await second.endAsync();
  await program.interrupt();
});

test("who ends one subscription and leaves keeps the others, and what is published to them", async () => {
  const data = await temporaryFolder();
  const program = await Program.start(data);
  const call = await caller(program, data);
  const options = { clientId: "keeper", clean: false, reconnectPeriod: 0 };
  const first = await mqtt.connectAsync(program.address("mqtt:"), options);
  await first.subscribeAsync(["kept/#", "ended"], { qos: 1 });
  const listed = async (topics: string[]) =>
    eventually(async () => {
      const { json } = await call("GET", "/topics");
      expect(json.data.map(({ topic }: { topic: string }) => topic)).toEqual(topics);
    });
  await listed(["ended", "kept/#"]);
  await first.unsubscribeAsync("ended");
  await first.endAsync();
  await listed(["kept/#"]);
  expect((await call("POST", "/publish", { topic: "kept/1", payload: "later", qos: 1 })).status).toBe(200);
  const second = mqtt.connect(program.address("mqtt:"), options);
  const [topic] = await new Promise<[string]>((resolve) => second.on("message", (it) => resolve([it])));
  expect(topic).toBe("kept/1");
  await second.endAsync();
  await program.interrupt();
});

test("a bootstrap file brings keys with roles, and its bad lines are named without their content", async () => {
  const data = await temporaryFolder();
  const file = join(data, "keys");
  await writeFile(file, "admin-key:admin-secret\nwatcher:watch-secret:viewer\nbroken-line-with-secret\n");
  const program = await Program.start(data, "--bootstrap-file", file);
  const get = (credentials: string, method = "GET") =>
    fetch(`${program.address("http:")}/clients/x`, {
      method,
      headers: { authorization: `Basic ${btoa(credentials)}` },
    });
  expect((await get("admin-key:admin-secret", "DELETE")).status).toBe(404);
  expect((await get("watcher:watch-secret")).status).toBe(404);
  expect((await get("watcher:watch-secret", "DELETE")).status).toBe(403);
  expect(program.output).toMatch(/"line":3/);
  expect(program.output).not.toMatch(/broken-line|secret"|watch-secret/);
  await program.interrupt();
});

test("a port that is taken gets a clear message", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const program = Program.start(await temporaryFolder(), "--http-port", String(port));
  await expect(program).rejects.toThrow(`port ${port} is taken`);
  server.close();
});

test("a data folder that is in use gets a clear message", async () => {
  const data = await temporaryFolder();
  const program = await Program.start(data);
  await expect(Program.start(data)).rejects.toThrow("in use by another process");
  await program.interrupt();
});

test("it closes although clients are connected, and those of clean sessions are gone at the next start", async () => {
  const data = await temporaryFolder();
  const program = await Program.start(data);
  const options = { reconnectPeriod: 0 };
  await mqtt.connectAsync(program.address("mqtt:"), { ...options, clientId: "clean" });
  await mqtt.connectAsync(program.address("ws:"), { ...options, clientId: "kept", clean: false });
  expect(await program.interrupt()).toBe(0);
  const next = await Program.start(data);
  const { json } = await (await caller(next, data))("GET", "/clients");
  expect(json.data).toMatchObject([{ clientid: "kept", connected: false }]);
  await next.interrupt();
});

test("after a crash, who was connected is shown as it is, and what was acknowledged is there", async () => {
  const data = await temporaryFolder();
  const program = await Program.start(data);
  const options = { reconnectPeriod: 0, clean: false };
  const client = await mqtt.connectAsync(program.address("mqtt:"), { ...options, clientId: "kept" });
  await mqtt.connectAsync(program.address("mqtt:"), { ...options, clean: true, clientId: "clean" });
  await client.subscribeAsync("t", { qos: 1 });
  const call = await caller(program, data);
  await eventually(async () => {
    expect((await call("GET", "/clients")).json.data).toHaveLength(2);
    expect((await call("GET", "/clients/kept")).json.subscriptions_cnt).toBe(1);
  });
  program.child.kill("SIGKILL");
  const next = await Program.start(data);
  const { json } = await (await caller(next, data))("GET", "/clients");
  expect(json.data).toMatchObject([{ clientid: "kept", connected: false, subscriptions_cnt: 1 }]);
  expect(json.meta.count).toBe(1);
  await next.interrupt();
});
