import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { join, resolve } from "node:path";
import aedesPersistence from "aedes-persistence-level";
import type { Level } from "level";
import * as resources from "../../functions/index.ts";
import { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";
import { LetterStore } from "../../lib/broker/embedded/letter-store.ts";
import { RetainedStore } from "../../lib/broker/embedded/retained-store.ts";
import { SessionIdentifiers } from "../../lib/broker/embedded/session-identifiers.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import { DelayedPublishing } from "../../lib/delayed/delayed-publishing.ts";
import { nodeFacts } from "../../lib/deps/node-facts.ts";
import type { ApiDeps } from "../../lib/deps/types.ts";
import type { ResourceFunction } from "../../lib/http/serve.ts";
import { log } from "../../lib/log.ts";
import { ApiKeys } from "../../lib/store/api-keys.ts";
import { AuditLog } from "../../lib/store/audit-log.ts";
import { Bans } from "../../lib/store/bans.ts";
import { DashboardUsers } from "../../lib/store/dashboard-users.ts";
import type { Database } from "../../lib/store/database.ts";
import { DelayedMessages } from "../../lib/store/delayed-messages.ts";
import type { ItemChange } from "../../lib/store/directory-feed.ts";
import { LoginFailures } from "../../lib/store/login-failures.ts";
import { Settings } from "../../lib/store/settings.ts";
import { AccessExpiry } from "./access-expiry.ts";
import { BanEnforcement } from "./ban-enforcement.ts";
import { bootstrapKeys, bootstrapUser, type CurlCredentials } from "./bootstrap.ts";
import { configureBroker } from "./broker-settings.ts";
import { databaseFolder, type LocalDatabase, openLocalDatabase } from "./database.ts";
import { delayQueueServer } from "./delay-queue.ts";
import { DelayedTimer } from "./delayed-timer.ts";
import { loadDeployedFunctions, type PlayedServices } from "./deployed-functions.ts";
import { removeEndpoint, writeEndpoint } from "./endpoint-file.ts";
import { Expiry } from "./expiry.ts";
import { createGateway, type DeployedFunction } from "./gateway.ts";
import { iotDataPlane } from "./iot-data-plane.ts";
import { installLambdaRuntime } from "./lambda-runtime.ts";
import { mqttServer, webSocketServer } from "./mqtt-listeners.ts";
import { openLevel } from "./open-level.ts";
import { reconcile } from "./reconcile.ts";
import { LocalRegistry } from "./registry.ts";

export interface LocalOptions {
  host: string;
  httpPort: number;
  mqttPort: number;
  wsPort: number;
  /** Folder of the data. */
  data: string;
  bootstrapFile?: string | undefined;
  /** Name of the first dashboard user, and its password; a random one is made, if absent. */
  dashboardUsername: string;
  dashboardPassword?: string | undefined;
  nodeName: string;
  /** Whether `/api-docs` is there. */
  swaggerSupport: boolean;
  /** Folder of a cloud assembly, whose bundles are run in place of the sources. */
  assets?: string | undefined;
}

/** Fleetgate, running in this process. */
export interface LocalEnvironment {
  http: AddressInfo;
  mqtt: AddressInfo;
  ws: AddressInfo;
  curlCredentials: CurlCredentials;
  /** Where the password is that the first dashboard user began with, unless it was given. */
  passwordFile: string | undefined;
  /** Resolves when the registry has taken in all that has happened at the broker. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** What is served; the API document can be switched off. */
const servedResources = ({ swaggerSupport }: LocalOptions) =>
  Object.values<Resource>(resources).filter(({ name }) => swaggerSupport || name !== resources.apiDocs.name);

/** Starts database, broker and API, in this order; `close` ends them in the reverse order. */
export async function startLocal(options: LocalOptions): Promise<LocalEnvironment> {
  installLambdaRuntime();
  await using opened = new AsyncDisposableStack();
  await mkdir(options.data, { recursive: true, mode: 0o700 });
  const kept = await openLevel(join(options.data, "mqtt"));
  opened.defer(() => kept.close());
  const local = await openLocalDatabase(databaseFolder(options.data), { direct: true });
  opened.defer(() => local.close());
  await writeEndpoint(options.data, local.endpoint);
  opened.defer(() => removeEndpoint(options.data));
  const holding = { delayed: new DelayedMessages(local.database), delayQueue: { push: async () => {} } };
  const access = accessStores(local.database, options.dashboardUsername);
  const { registry, broker, timer } = await openBroker(local, kept, { ...access, ...holding }, opened);
  await configureBroker(broker, access.settings);
  const curlCredentials = await bootstrapKeys(access.apiKeys, options.data, options.bootstrapFile);
  const passwordFile = await bootstrapUser(access.users, options.data, options.dashboardPassword);
  const node = nodeFacts(options.nodeName);
  const served = servedResources(options);
  const functions = options.assets
    ? loadDeployedFunctions(resolve(options.assets), served, await playServices(local, broker, opened))
    : await loadFunctions(served, { ...access, ...registry, ...holding, broker, node });
  const listen = (server: Server, port: number) => listenOn(server, options.host, port, opened);
  const gateway = createGateway(functions);
  const addresses = {
    mqtt: await listen(mqttServer(broker), options.mqttPort),
    ws: await listen(webSocketServer(broker), options.wsPort),
    http: await listen(gateway, options.httpPort),
  };
  opened.defer(() => drain(gateway));
  timer.start();
  const all = opened.move();
  return {
    ...addresses,
    curlCredentials,
    passwordFile,
    idle: () => registry.idle(),
    close: () => all.disposeAsync(),
  };
}

/** What lies in the access table. */
const accessStores = (database: Database, dashboardUsername: string) => ({
  apiKeys: new ApiKeys(database),
  users: new DashboardUsers(database, dashboardUsername),
  loginFailures: new LoginFailures(database),
  audit: new AuditLog(database),
  settings: new Settings(database),
  bans: new Bans(database),
});

type BrokerDeps = Pick<ApiDeps, "delayed" | "delayQueue"> & Pick<AccessStores, "bans" | "settings">;

type AccessStores = ReturnType<typeof accessStores>;

/** The broker, and the registry that follows it. What the broker reports while it closes is still taken in. */
async function openBroker(local: LocalDatabase, kept: Level, deps: BrokerDeps, opened: AsyncDisposableStack) {
  const expiry = opened.adopt(new Expiry(local.database), (it) => it.close());
  opened.adopt(new AccessExpiry(local.database), (it) => it.close());
  const bans = new BanEnforcement(deps.bans);
  // What changes while the registry opens is followed once there is a broker to tell.
  const early: ItemChange[] = [];
  let follow = (change: ItemChange) => void early.push(change);
  const registry = await LocalRegistry.open(
    local,
    (change) => follow(change),
    (event) => bans.check(event, registry, broker),
  );
  opened.defer(() => registry.idle());
  const sessionIdentifiers = new SessionIdentifiers(kept);
  const broker = await EmbeddedBroker.start({
    persistence: aedesPersistence(kept),
    letters: new LetterStore(kept),
    retained: await RetainedStore.open(kept),
    sessionIdentifiers,
    onEvent: (event) => registry.push(event),
    extensions: [bans, new DelayedPublishing(deps)],
  });
  opened.defer(() => broker.close());
  const timer = new DelayedTimer(deps.delayed, { bans: deps.bans, broker });
  opened.defer(() => timer.close());
  follow = (change) => {
    expiry.watch(change);
    timer.watch(change);
    const expired = change.after ? undefined : change.before?.clientid;
    if (expired !== undefined && change.pk.startsWith("session#")) discard(broker, expired);
  };
  early.forEach(follow);
  await expiry.readTable();
  await reconcile(registry, broker, sessionIdentifiers);
  return { registry, broker, timer };
}

/** The session of a client has expired in the registry, so the broker forgets it too. */
function discard(broker: EmbeddedBroker, clientid: string): void {
  broker.discardSession(clientid).catch((error) => log("error", "a session was not discarded", { error }));
}

/** What the deployed bundles call over HTTP. */
async function playServices(
  { endpoint: dynamoEndpoint, database }: LocalDatabase,
  broker: EmbeddedBroker,
  opened: AsyncDisposableStack,
): Promise<PlayedServices> {
  const { address, port } = await listenOn(iotDataPlane(broker), "127.0.0.1", 0, opened);
  const queue = await listenOn(delayQueueServer(), "127.0.0.1", 0, opened);
  return {
    accessTable: database.access,
    registryTable: database.registry,
    dynamoEndpoint,
    iotEndpoint: `http://${address}:${port}`,
    sqsEndpoint: `http://${queue.address}:${queue.port}`,
  };
}

/** The very functions that are deployed, found by the name in their contract. */
async function loadFunctions(served: readonly Resource[], deps: ApiDeps): Promise<DeployedFunction[]> {
  return Promise.all(
    served.map(async (resource) => {
      const module: { handler: ResourceFunction } = await import(
        `../../functions/${resource.name}/handler.ts`
      );
      return { resource, run: module.handler.with(deps) };
    }),
  );
}

async function listenOn(
  server: Server,
  host: string,
  port: number,
  opened: AsyncDisposableStack,
): Promise<AddressInfo> {
  server.listen(port, host);
  await once(server, "listening");
  // What is still connected does not hold this up: MQTT clients are the broker's to disconnect.
  opened.defer(() => void server.close());
  return server.address() as AddressInfo;
}

/** Stops listening, and resolves when the requests under way are answered, whoever keeps a connection. */
async function drain(gateway: HttpServer): Promise<void> {
  const closed = new Promise<void>((resolve) => gateway.close(() => resolve()));
  const closing = setInterval(() => gateway.closeIdleConnections(), 20);
  await closed;
  clearInterval(closing);
}
