import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Broker, BrokerSession, Message, MessageProperties } from "../../lib/broker/broker.ts";
import { log } from "../../lib/log.ts";

/** A request of the data plane. */
interface Asked {
  method: string;
  /** Path segments, each decoded once. */
  path: string[];
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

type Answer = { status: number; body?: unknown; error?: string };

const ok: Answer = { status: 200, body: {} };
const notFound: Answer = { status: 404, error: "ResourceNotFoundException" };

/**
 * The data plane of AWS IoT Core, as far as Fleetgate calls it, in front of another broker. With it the deployed
 * bundles, which know only IoT Core, run on a laptop.
 */
export function iotDataPlane(broker: Broker): Server {
  return createServer((request, response) => {
    answer(broker, request, response).catch((error) => {
      log("error", "the played data plane failed", { error });
      write(response, { status: 500, error: "InternalFailureException" });
    });
  });
}

async function answer(broker: Broker, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = url.pathname.slice(1).split("/").map(decodeURIComponent);
  const { method = "", headers } = request;
  write(
    response,
    await route(broker, { method, path, query: url.searchParams, headers, body: Buffer.concat(chunks) }),
  );
}

function write(response: ServerResponse, { status, body, error }: Answer): void {
  const headers = { "content-type": "application/json", ...(error && { "x-amzn-errortype": error }) };
  response.writeHead(status, headers).end(JSON.stringify(error ? { message: error } : body));
}

async function route(broker: Broker, asked: Asked): Promise<Answer> {
  const [collection, name = "", part] = asked.path;
  if (collection === "topics") {
    await broker.publish(messageOf(asked));
    return ok;
  }
  if (collection === "retainedMessage")
    return name ? retainedMessage(broker, name) : retainedMessages(broker);
  if (collection !== "connections") return notFound;
  if (asked.method === "DELETE") {
    const preventWill = asked.query.get("preventWillMessage") === "true";
    return (await broker.kick(name, { preventWill })) ? ok : notFound;
  }
  const session = await broker.session(name);
  if (!session) return notFound;
  if (part !== "subscriptions") return { status: 200, body: connectionOf(name, session) };
  const subscriptions = await broker.subscriptions(name);
  return {
    status: 200,
    body: { subscriptions: subscriptions.map(({ topic, qos }) => ({ topicFilter: topic, qos })) },
  };
}

async function retainedMessages(broker: Broker): Promise<Answer> {
  const rows = await Array.fromAsync(broker.retainedTopics());
  const retainedTopics = rows.map(({ topic, qos, publish_at: lastModifiedTime }) => ({
    ...{ topic, qos, lastModifiedTime },
  }));
  return { status: 200, body: { retainedTopics } };
}

async function retainedMessage(broker: Broker, topic: string): Promise<Answer> {
  const found = await broker.retained(topic);
  if (!found) return notFound;
  const { qos, publish_at: lastModifiedTime } = found;
  return { status: 200, body: { topic, payload: found.payload.toString("base64"), qos, lastModifiedTime } };
}

function messageOf({ path, query, headers, body }: Asked): Message {
  const qos = query.get("qos") === "1" ? 1 : 0;
  return {
    topic: path[1] ?? "",
    payload: body,
    qos,
    retain: query.get("retain") === "true",
    properties: propertiesOf(query, headers),
  };
}

const formatIndicators: Readonly<Record<string, number>> = { UNSPECIFIED_BYTES: 0, UTF8_DATA: 1 };

function propertiesOf(query: URLSearchParams, headers: IncomingMessage["headers"]): MessageProperties {
  const text = (name: string) => query.get(name) ?? undefined;
  const encoded = (name: string) =>
    headers[name] === undefined ? undefined : Buffer.from(String(headers[name]), "base64");
  const users = encoded("x-amz-mqtt5-user-properties");
  return {
    content_type: text("contentType"),
    response_topic: text("responseTopic"),
    message_expiry_interval: query.has("messageExpiry") ? Number(query.get("messageExpiry")) : undefined,
    payload_format_indicator: formatIndicators[String(headers["x-amz-mqtt5-payload-format-indicator"])],
    correlation_data: encoded("x-amz-mqtt5-correlation-data"),
    user_properties: users && valuesByName(JSON.parse(String(users)) as Record<string, string>[]),
  };
}

/** From a list of objects with one property each. */
function valuesByName(pairs: readonly Record<string, string>[]): Record<string, string | string[]> {
  const entries = pairs.flatMap((pair) => Object.entries(pair));
  const values = Map.groupBy(entries, ([name]) => name);
  return Object.fromEntries(
    [...values].map(([name, all]) => {
      const [first = "", ...others] = all.map(([, value]) => value);
      return [name, others.length > 0 ? [first, ...others] : first];
    }),
  );
}

function connectionOf(clientId: string, session: BrokerSession) {
  return {
    clientId,
    connected: session.connected,
    cleanSession: session.clean_start,
    sessionExpiry: session.expiry_interval,
    keepAliveDuration: session.keepalive,
    connectedSince: session.connected_at,
    disconnectedSince: session.disconnected_at,
  };
}
