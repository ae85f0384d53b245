import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { send } from "./send.ts";

/** Who calls: the administrator's key, the token of the administrator's login, nobody, or a header of its own. */
export type Caller = "key" | "token" | "nobody" | { authorization: string };

export interface Request {
  method: string;
  /** Below `/api/v5`, encoded, with its query. */
  path: string;
  as?: Caller;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a text, which is sent as it is. */
  body?: unknown;
  /** Compares counters too, and waits until EMQX tells them. */
  exact?: boolean;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The body, as far as it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape
  json: any;
}

export interface TargetAddress {
  name: string;
  /** Without `/api/v5`. */
  base: string;
  mqtt: string;
  /** `<api key>:<secret key>` of an administrator. */
  key: string;
  username: string;
  password: string;
}

/** What a client saw of a message. */
export interface Received {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  properties?: object;
}

/** One of the two servers that are compared. */
export class Target {
  readonly name: string;
  readonly address: TargetAddress;
  readonly #clients = new Map<string, MqttClient>();
  readonly #received = new Map<string, Received[]>();
  readonly #farewells = new Map<string, number[]>();
  #token = "";

  static async open(address: TargetAddress): Promise<Target> {
    const target = new Target(address);
    await target.login();
    return target;
  }

  private constructor(address: TargetAddress) {
    this.name = address.name;
    this.address = address;
  }

  /** Logs the administrator in anew. */
  async login(): Promise<void> {
    const { username, password } = this.address;
    const answer = await this.call({
      method: "POST",
      path: "/login",
      as: "nobody",
      body: { username, password },
    });
    if (answer.status !== 200) throw new Error(`${this.name}: the login is answered with ${answer.status}`);
    this.#token = answer.json.token;
  }

  /** Sends a request as it stands: no dot segment of its path is resolved. */
  async call({ method, path, as = "key", headers = {}, body }: Request): Promise<Answer> {
    const json = body !== undefined && typeof body !== "string";
    const text = json ? JSON.stringify(body) : (body as string | undefined);
    const response = await send(`${this.address.base}/api/v5${path}`, method, text, {
      ...{ accept: "*/*", "accept-encoding": "gzip, deflate" },
      ...this.#credentials(as),
      ...(json && { "content-type": "application/json" }),
      ...headers,
    });
    return { ...response, json: parse(response.text) };
  }

  /** The value of the `Authorization` header of a caller. */
  authorization(as: Caller): string | undefined {
    return this.#credentials(as).authorization;
  }

  #credentials(as: Caller): Record<string, string> {
    if (as === "nobody") return {};
    if (as === "key") return { authorization: `Basic ${btoa(this.address.key)}` };
    return as === "token" ? { authorization: `Bearer ${this.#token}` } : as;
  }

  /**
   * Connects an MQTT client; one of the same id is replaced. What it receives is kept from the first packet on. Fails
   * with the reason code, if it is refused.
   */
  async connect(clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
    const client = mqtt.connect(this.address.mqtt, { clientId, reconnectPeriod: 0, ...options });
    client.on("message", (topic, payload, packet) => {
      this.received(clientId).push(view(topic, payload, packet));
    });
    client.on("disconnect", ({ reasonCode = 0 }) => this.farewells(clientId).push(reasonCode));
    const connected = new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.once("error", reject);
      client.once("close", () => reject(new Error("closed")));
    });
    client.on("error", () => {});
    await connected;
    this.#clients.set(clientId, client);
    return client;
  }

  /** The messages that a client received so far. */
  received(clientId: string): Received[] {
    return kept(this.#received, clientId);
  }

  /** The reason codes of the DISCONNECT packets that a client was sent. */
  farewells(clientId: string): number[] {
    return kept(this.#farewells, clientId);
  }

  /** A client that was connected. */
  client(clientId: string): MqttClient {
    const client = this.#clients.get(clientId);
    if (!client) throw new Error(`${clientId} was never connected`);
    return client;
  }

  /** Ends all its clients. */
  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.endAsync(true)));
    this.#clients.clear();
    this.#received.clear();
    this.#farewells.clear();
  }
}

function kept<Value>(lists: Map<string, Value[]>, clientId: string): Value[] {
  const list = lists.get(clientId) ?? [];
  lists.set(clientId, list);
  return list;
}

/** An alias only abbreviates the topic on its way. */
function view(topic: string, payload: Buffer, packet: IPublishPacket): Received {
  const { qos, retain, properties: { topicAlias, ...given } = {} } = packet;
  const properties = packet.properties && given;
  return { topic, payload: `${payload}`, qos, retain, ...(properties && { properties: { ...properties } }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
