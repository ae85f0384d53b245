import { once } from "node:events";
import { stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import mqtt from "mqtt";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { databaseFolder } from "../../../infra/local/database.ts";
import { openLevel } from "../../../infra/local/open-level.ts";
import { type LocalEnvironment, type LocalOptions, startLocal } from "../../../infra/local/start.ts";
import { captureLog } from "../../support/captured-log.ts";
import { localOptions } from "../../support/local-options.ts";
import { temporaryFolder } from "../../support/program.ts";
import { rawRequest } from "../../support/raw-request.ts";

beforeEach(() => void captureLog());

/** Starts an environment that is closed after the test at the latest. */
async function start(options: LocalOptions): Promise<LocalEnvironment> {
  const environment = await startLocal(options);
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= environment.close());
  onTestFinished(close);
  return { ...environment, close };
}

const statusOf = async ({ http }: LocalEnvironment, path = "/api/v5/status") =>
  (await rawRequest(`http://127.0.0.1:${http.port}`, path)).status;

/** Takes a port. */
async function taken(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test("API, MQTT and MQTT over WebSocket listen, and the data folder is made for its owner alone", async () => {
  const data = join(await temporaryFolder(), "new", "er");
  const environment = await start(await localOptions({ data }));
  expect((await stat(data)).mode & 0o777).toBe(0o700);
  expect(await statusOf(environment)).toBe(200);
  const urls = [`mqtt://127.0.0.1:${environment.mqtt.port}`, `ws://127.0.0.1:${environment.ws.port}/mqtt`];
  for (const url of urls) await (await mqtt.connectAsync(url, { reconnectPeriod: 0 })).endAsync();
  await environment.idle();
});

test.each([true, false])("whether the API document is there is a choice: %s", async (swaggerSupport) => {
  const environment = await start(await localOptions({ swaggerSupport }));
  expect(await statusOf(environment, "/api-docs/swagger.json")).toBe(swaggerSupport ? 200 : 404);
});

/** Fails if anything of a data folder is still open. */
async function expectClosed(data: string): Promise<void> {
  for (const folder of [join(data, "mqtt"), databaseFolder(data)]) await (await openLevel(folder)).close();
  await expect(stat(join(data, "dynamodb-endpoint"))).rejects.toThrow("ENOENT");
}

test.each(["mqttPort", "wsPort", "httpPort"] as const)(
  "when %s is taken all else is closed, so that the same data can be opened again",
  async (name) => {
    const options = await localOptions({ [name]: await taken() });
    await expect(startLocal(options)).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expectClosed(options.data);
  },
);

test("when the bundles cannot be loaded all else is closed too", async () => {
  const options = await localOptions();
  await expect(startLocal({ ...options, assets: options.data })).rejects.toThrow("cdk synth");
  await expectClosed(options.data);
});

test("a data folder in use is refused, and stays usable for who has it", async () => {
  const options = await localOptions();
  const first = await start(options);
  await expect(startLocal(options)).rejects.toMatchObject({ name: "DataUnavailable", inUse: true });
  expect(await statusOf(first)).toBe(200);
  expect((await stat(join(options.data, "dynamodb-endpoint"))).size).toBeGreaterThan(0);
});

test("it closes in order: what is asked is answered, clients are disconnected, and nothing listens", async () => {
  const options = await localOptions();
  const environment = await start(options);
  const { http, mqtt: tcp, ws } = environment;
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${tcp.port}`, { reconnectPeriod: 0 });
  const gone = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const headers = { expect: "100-continue", "content-length": "2" };
  const asked = request({ port: http.port, method: "POST", path: "/api/v5/publish", headers });
  asked.flushHeaders();
  await once(asked, "continue");
  const closed = environment.close();
  asked.end("{}");
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(401);
  response.resume();
  await Promise.all([closed, gone]);
  for (const { port } of [http, tcp, ws])
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow("fetch failed");
  await expectClosed(options.data);
});
