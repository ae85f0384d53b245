import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { IoTDataPlaneClient } from "@aws-sdk/client-iot-data-plane";
import { covers } from "../../lib/mqtt/filter-cover.ts";

export interface Delivery {
  topic: string;
  payload: string;
  qos: number;
}

/** A client of the played IoT Core. */
export interface PlayedClient {
  connected: boolean;
  clean: boolean;
  subscriptions: Map<string, number>;
  received: Delivery[];
  will: Delivery | undefined;
}

/** A request that the data plane was sent. */
export interface DataPlaneRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: string;
}

type Answer = { status: number; body?: unknown; error?: string };

const notFound: Answer = { status: 404, error: "ResourceNotFoundException" };

/**
 * Plays the data plane of AWS IoT Core over HTTP, in the shapes that the SDK's client sends and reads, so that its
 * signing, retries and error parsing are exercised.
 */
export class PlayedDataPlane {
  readonly requests: DataPlaneRequest[] = [];
  readonly clients = new Map<string, PlayedClient>();
  readonly retained = new Map<string, Delivery>();
  /** Answers that are given first, whatever is asked. */
  readonly next: Answer[] = [];
  readonly #server: Server;

  static async start(): Promise<PlayedDataPlane> {
    const plane = new PlayedDataPlane();
    plane.#server.listen(0, "127.0.0.1");
    await once(plane.#server, "listening");
    return plane;
  }

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** A client of the SDK for this data plane. */
  get client(): IoTDataPlaneClient {
    const { port } = this.#server.address() as AddressInfo;
    return new IoTDataPlaneClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      maxAttempts: 3,
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  deliver(message: Delivery): void {
    for (const client of this.clients.values()) {
      const filters = [...client.subscriptions.keys()];
      if (filters.some((filter) => covers(filter, message.topic))) client.received.push(message);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "/", "http://localhost");
    const asked: DataPlaneRequest = {
      method: request.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.requests.push(asked);
    const { status, body = {}, error } = this.next.shift() ?? this.#answer(asked);
    const headers = { "content-type": "application/json", ...(error && { "x-amzn-errortype": error }) };
    response.writeHead(status, headers).end(JSON.stringify(error ? { message: error } : body));
  }

  #answer({ method, path, query, body }: DataPlaneRequest): Answer {
    const [, collection, encoded = "", part] = path.split("/");
    const name = decodeURIComponent(encoded);
    if (collection === "topics") return this.#publish(name, query, body);
    if (collection === "retainedMessage") return encoded ? this.#retained(name) : this.#retainedTopics();
    const client = this.clients.get(name);
    if (collection !== "connections" || !client) return notFound;
    if (part === "subscriptions") return subscriptionsOf(client);
    return method === "DELETE" ? this.#disconnect(name, client, query) : connectionOf(name, client);
  }

  #publish(topic: string, { qos, retain }: Record<string, string>, payload: string): Answer {
    const message = { topic, payload, qos: Number(qos) };
    if (retain === "true" && payload === "") this.retained.delete(topic);
    else if (retain === "true") this.retained.set(topic, message);
    this.deliver(message);
    return { status: 200 };
  }

  #retainedTopics(): Answer {
    const retainedTopics = [...this.retained.values()].map(({ topic, qos }) => ({
      topic,
      qos,
      lastModifiedTime: 1,
    }));
    return { status: 200, body: { retainedTopics } };
  }

  #retained(topic: string): Answer {
    const found = this.retained.get(topic);
    if (!found) return notFound;
    const payload = Buffer.from(found.payload).toString("base64");
    return { status: 200, body: { topic, payload, qos: found.qos, lastModifiedTime: 1 } };
  }

  #disconnect(name: string, client: PlayedClient, query: Record<string, string>): Answer {
    const { will, connected } = client;
    client.connected = false;
    if (query.cleanSession === "true" || client.clean) this.clients.delete(name);
    if (connected && will && query.preventWillMessage !== "true") this.deliver(will);
    return { status: 200 };
  }
}

function connectionOf(clientId: string, { connected, clean }: PlayedClient): Answer {
  const since = connected ? { connectedSince: 1_000 } : { disconnectedSince: 2_000 };
  const body = {
    clientId,
    connected,
    cleanSession: clean,
    sessionExpiry: clean ? 0 : 3_600,
    keepAliveDuration: 60,
  };
  return { status: 200, body: { ...body, ...since } };
}

function subscriptionsOf({ subscriptions }: PlayedClient): Answer {
  return {
    status: 200,
    body: { subscriptions: [...subscriptions].map(([topicFilter, qos]) => ({ topicFilter, qos })) },
  };
}
