import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import aedesPersistence from "aedes-persistence-level";
import { Level } from "level";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import * as resources from "../../../functions/index.ts";
import { type LocalDatabase, localTables, openLocalDatabase } from "../../../infra/local/database.ts";
import { createGateway } from "../../../infra/local/gateway.ts";
import { mqttServer } from "../../../infra/local/mqtt-listeners.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { issueToken } from "../../../lib/auth/login-token.ts";
import { hashSecret } from "../../../lib/auth/secret-hash.ts";
import { EmbeddedBroker } from "../../../lib/broker/embedded/broker.ts";
import { LetterStore } from "../../../lib/broker/embedded/letter-store.ts";
import { RetainedStore } from "../../../lib/broker/embedded/retained-store.ts";
import { SessionIdentifiers } from "../../../lib/broker/embedded/session-identifiers.ts";
import type { Resource } from "../../../lib/contract/resource.ts";
import { nodeFacts } from "../../../lib/deps/node-facts.ts";
import type { ApiDeps } from "../../../lib/deps/types.ts";
import type { ResourceFunction } from "../../../lib/http/serve.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { AuditLog } from "../../../lib/store/audit-log.ts";
import { Bans } from "../../../lib/store/bans.ts";
import { DashboardUsers } from "../../../lib/store/dashboard-users.ts";
import { openDatabase } from "../../../lib/store/database.ts";
import { DelayedMessages } from "../../../lib/store/delayed-messages.ts";
import { LoginFailures } from "../../../lib/store/login-failures.ts";
import { Settings } from "../../../lib/store/settings.ts";
import { temporaryFolder } from "../../support/program.ts";
import { Random } from "../random.ts";
import { type FlakyBroker, flakyBroker } from "./flaky-broker.ts";
import { FlakyDatabase } from "./flaky-database.ts";

/** The API, its registry and the embedded broker, with something between them and DynamoDB that disturbs. */
export class FaultsSetup {
  readonly local: LocalDatabase;
  readonly database: FlakyDatabase;
  readonly registry: LocalRegistry;
  readonly real: EmbeddedBroker;
  readonly broker: FlakyBroker;
  readonly clients = new Map<string, MqttClient>();
  /** Clients that were to be kicked out, and nobody knows how far that came. */
  readonly halfKicked = new Set<string>();
  /** How many of these were not in the registry as they were at the broker. */
  repaired = 0;
  token = "";
  base = "";
  readonly #closers: (() => unknown)[] = [];
  #mqttPort = 0;

  static async start(seed: number): Promise<FaultsSetup> {
    const local = await openLocalDatabase();
    const database = await FlakyDatabase.start(local.endpoint, new Random(seed));
    // As on AWS.
    const client = new DynamoDBClient({
      ...{ endpoint: database.endpoint, region: "local", maxAttempts: 3 },
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
    const disturbed = { ...local, client, database: openDatabase(client, localTables) };
    const registry = await LocalRegistry.open(disturbed, () => {});
    const folder = await temporaryFolder();
    const kept = new Level<string, string>(join(folder, "mqtt"));
    await kept.open();
    const real = await EmbeddedBroker.start({
      persistence: aedesPersistence(kept),
      letters: new LetterStore(kept),
      retained: await RetainedStore.open(kept),
      sessionIdentifiers: new SessionIdentifiers(kept),
      onEvent: (event) => registry.push(event),
    });
    const broker = flakyBroker(real, new Random(seed + 1));
    const setup = new FaultsSetup({ local, database, registry, real, broker });
    setup.#closers.push(
      () => client.destroy(),
      () => local.close(),
      () => database.close(),
      () => kept.close(),
      () => registry.idle(),
      () => real.close(),
    );
    await setup.#serve(disturbed);
    return setup;
  }

  private constructor(parts: Pick<FaultsSetup, "local" | "database" | "registry" | "real" | "broker">) {
    this.local = parts.local;
    this.database = parts.database;
    this.registry = parts.registry;
    this.real = parts.real;
    this.broker = parts.broker;
  }

  async #serve({ database }: LocalDatabase): Promise<void> {
    const users = new DashboardUsers(database);
    const deps: ApiDeps = {
      apiKeys: new ApiKeys(database),
      users,
      loginFailures: new LoginFailures(database),
      audit: new AuditLog(database),
      settings: new Settings(database),
      bans: new Bans(database),
      sessions: this.registry.sessions,
      subscriptions: this.registry.subscriptions,
      delayed: new DelayedMessages(database),
      delayQueue: { push: async () => {} },
      broker: this.broker.broker,
      node: nodeFacts("torture@127.0.0.1"),
    };
    const password_hash = await hashSecret("passw0rd", { chosen: false });
    const user = { username: "boss", role: "administrator" as const, description: "", generation: 1 };
    await users.add({ ...user, password_hash });
    this.token = await issueToken(users, { ...user, password_hash });
    const functions = await Promise.all(
      Object.values<Resource>(resources).map(async (resource) => {
        const module: { handler: ResourceFunction } = await import(
          `../../../functions/${resource.name}/handler.ts`
        );
        return { resource, run: module.handler.with(deps) };
      }),
    );
    const gateway = createGateway(functions);
    this.base = `http://127.0.0.1:${await this.#listen(gateway)}`;
    this.#closers.push(() => gateway.closeAllConnections());
    this.#mqttPort = await this.#listen(mqttServer(this.real));
  }

  async #listen(server: Server): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  /** Connects a client; one of the same id is replaced. It stays away when it is disconnected. */
  async connect(clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
    const address = `mqtt://127.0.0.1:${this.#mqttPort}`;
    const client = await mqtt.connectAsync(address, { clientId, reconnectPeriod: 0, ...options });
    client.on("error", () => {});
    this.clients.set(clientId, client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) client.end(true);
    for (const close of this.#closers.reverse()) await close();
  }
}
