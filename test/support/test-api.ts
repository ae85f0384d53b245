import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as resources from "../../functions/index.ts";
import { type LocalDatabase, openLocalDatabase } from "../../infra/local/database.ts";
import { createGateway } from "../../infra/local/gateway.ts";
import { LocalRegistry } from "../../infra/local/registry.ts";
import { issueToken } from "../../lib/auth/login-token.ts";
import { hashSecret } from "../../lib/auth/secret-hash.ts";
import { needsOf, type Resource } from "../../lib/contract/resource.ts";
import type { Role } from "../../lib/contract/roles.ts";
import type { DueMessage } from "../../lib/delayed/delay-queue.ts";
import type { ApiDeps } from "../../lib/deps/types.ts";
import type { ResourceFunction } from "../../lib/http/serve.ts";
import type { ApiKey } from "../../lib/records/api-key.ts";
import type { UserRole } from "../../lib/records/dashboard-user.ts";
import { ApiKeys } from "../../lib/store/api-keys.ts";
import { AuditLog } from "../../lib/store/audit-log.ts";
import { Bans } from "../../lib/store/bans.ts";
import { DashboardUsers } from "../../lib/store/dashboard-users.ts";
import { DelayedMessages } from "../../lib/store/delayed-messages.ts";
import { LoginFailures } from "../../lib/store/login-failures.ts";
import { Settings } from "../../lib/store/settings.ts";
import { declaredDeps } from "./declared-deps.ts";
import { keepSecret } from "./log-watch.ts";
import { TestBroker } from "./test-broker.ts";

/** Name of the one node of a test's deployment. */
export const testNode = "test@127.0.0.1";

export type Caller = Role | "administrator token" | "viewer token";

export interface TestRequest {
  /** Role of the key or token that calls; `null` sends no credentials. Default: a key of an administrator. */
  as?: Caller | null;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a text, which is sent as it is. */
  body?: unknown;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, as far as it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/**
 * The API over HTTP, with every resource behind the local gateway, an embedded DynamoDB in memory, and a broker that
 * records what it is told.
 */
export class TestApi {
  readonly registry: LocalRegistry;
  readonly local: LocalDatabase;
  readonly apiKeys: ApiKeys;
  readonly broker = new TestBroker();
  /** Delayed messages on their way to be delivered. */
  readonly queued: DueMessage[] = [];
  readonly deps: ApiDeps;
  #base = "";
  readonly #tokens = new Map<string, string>();
  readonly #closers: (() => Promise<void>)[] = [];

  /** Starts it, with its data in a folder if one is given. */
  static async start(overrides: Partial<ApiDeps> = {}, folder?: string): Promise<TestApi> {
    const local = await openLocalDatabase(folder);
    const registry = await LocalRegistry.open(local, () => {});
    const api = new TestApi(local, registry, new ApiKeys(local.database), overrides);
    api.#closers.push(() => local.close());
    for (const role of ["administrator", "viewer", "publisher"] as const) await api.addKey({ role });
    for (const role of ["administrator", "viewer"] as const) {
      api.#tokens.set(`${role} token`, await api.addUser({ role }));
    }
    const functions = await Promise.all(
      Object.values<Resource>(resources).map(async (resource) => {
        const module: { handler: ResourceFunction } = await import(
          `../../functions/${resource.name}/handler.ts`
        );
        return { resource, run: module.handler.with(declaredDeps(api.deps, needsOf(resource))) };
      }),
    );
    const server = createGateway(functions);
    // A test that holds up the event loop for long finds its connections as they were.
    server.keepAliveTimeout = 0;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    api.#base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    api.#closers.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return api;
  }

  private constructor(
    local: LocalDatabase,
    registry: LocalRegistry,
    apiKeys: ApiKeys,
    overrides: Partial<ApiDeps>,
  ) {
    this.local = local;
    this.registry = registry;
    this.apiKeys = apiKeys;
    const { sessions, subscriptions } = registry;
    const load = {
      load1: 0,
      load5: 0,
      load15: 0,
      memory_used: 1,
      memory_total: 2,
      max_fds: 3,
      sys_path: "/",
    };
    const node = { name: testNode, started_at: Date.now(), load: () => load };
    const { database } = local;
    const users = new DashboardUsers(database);
    this.deps = {
      apiKeys,
      users,
      loginFailures: new LoginFailures(database),
      audit: new AuditLog(database),
      settings: new Settings(database),
      bans: new Bans(database),
      sessions,
      subscriptions,
      delayed: new DelayedMessages(database),
      delayQueue: { push: async (due) => void this.queued.push(due) },
      broker: this.broker,
      node,
      ...overrides,
    };
  }

  /** The address of the API, without a path. */
  get base(): string {
    return this.#base;
  }

  /** Stores a key; `<role>:secret` are its credentials unless given. */
  async addKey({
    secret = "secret",
    ...key
  }: Partial<ApiKey> & { role: Role; secret?: string }): Promise<void> {
    await this.apiKeys.put({
      name: key.role,
      api_key: key.role,
      secret_hash: await hashSecret(secret, { chosen: false }),
      enable: true,
      created_at: 0,
      desc: "",
      ...key,
    });
  }

  /** The dashboard users with all that can be done with them. */
  get dashboardUsers(): DashboardUsers {
    return new DashboardUsers(this.local.database);
  }

  /** The value of the `Authorization` header of a caller. */
  authorization(as: Caller): string {
    return as.endsWith(" token") ? `Bearer ${this.#tokens.get(as)}` : `Basic ${btoa(`${as}:secret`)}`;
  }

  /** Adds a dashboard user, `<role>_user` unless named, and returns a token of it. */
  async addUser({ role, username = `${role}_user` }: { role: UserRole; username?: string }): Promise<string> {
    const users = this.dashboardUsers;
    const user = { username, role, description: "", generation: 1 };
    const password_hash = await hashSecret("passw0rd", { chosen: false });
    await users.add({ ...user, password_hash });
    return issueToken(users, { ...user, password_hash });
  }

  /** Sends a request; the path is below `/api/v5` unless it begins with `//`. */
  async call(method: string, path: string, { as = "administrator", headers, body }: TestRequest = {}) {
    const credentials = as && { authorization: this.authorization(as) };
    const json = body !== undefined && typeof body !== "string";
    const response = await fetch(this.#base + (path.startsWith("//") ? path.slice(1) : `/api/v5${path}`), {
      method,
      redirect: "manual",
      headers: { ...credentials, ...(json && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
    });
    return toAnswer(response);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }
}

async function toAnswer(response: Response): Promise<TestAnswer> {
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  keepSecret((json as { api_secret?: string } | undefined)?.api_secret);
  keepSecret((json as { token?: string } | undefined)?.token);
  return { status: response.status, headers: response.headers, text, json };
}
