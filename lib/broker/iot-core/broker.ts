import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  type GetConnectionResponse,
  GetRetainedMessageCommand,
  type IoTDataPlaneClient,
  ListSubscriptionsCommand,
  PublishCommand,
  paginateListRetainedMessages,
} from "@aws-sdk/client-iot-data-plane";
import type { BanKind } from "../../records/ban.ts";
import type {
  Broker,
  BrokerSession,
  BrokerSubscription,
  Message,
  PublishResult,
  RetainedMessage,
  RetainedTopic,
} from "../broker.ts";
import { iotRefusal, isIotClientid, isIotTopic, type QosPolicy } from "./limits.ts";
import { iotRetainer, retainedFacts } from "./retained.ts";

/**
 * AWS IoT Core as the broker, through its data plane. What it does not know is `undefined` or `false`; its other
 * errors are the SDK's.
 */
export class IotCoreBroker implements Broker {
  readonly retainer = iotRetainer;
  /** Its quota is 100; the rest is left to bans and other callers. */
  readonly kicksPerSecond = 80;
  readonly #client: IoTDataPlaneClient;
  readonly #qos: QosPolicy;
  /** Whether addresses and ports may be asked for, as far as it is known. */
  #showsSockets = true;

  constructor(client: IoTDataPlaneClient, qos: QosPolicy = "refuse") {
    this.#client = client;
    this.#qos = qos;
  }

  refusal(message: Message): string | undefined {
    return iotRefusal(message, this.#qos);
  }

  /** IoT Core does not tell whether anybody subscribes. */
  async publish(message: Message): Promise<PublishResult> {
    const { topic, payload, qos, retain } = message;
    await this.#client.send(
      new PublishCommand({ topic, payload, qos: Math.min(qos, 1), retain, ...propertiesOf(message) }),
    );
    return "accepted";
  }

  async kick(clientId: string, { preventWill = false } = {}): Promise<boolean> {
    if (!isIotClientid(clientId)) return false;
    const command = new DeleteConnectionCommand({
      clientId,
      cleanSession: true,
      preventWillMessage: preventWill,
    });
    return (await unlessNotFound(this.#client.send(command))) !== undefined;
  }

  /** Its events tell ids and addresses of clients, and no user names. */
  banRefusal(as: BanKind): string | undefined {
    if (as !== "username" && as !== "username_re") return undefined;
    return "AWS IoT Core does not tell its clients' user names, so a ban of user names would have no effect";
  }

  async session(clientId: string): Promise<BrokerSession | undefined> {
    if (!isIotClientid(clientId)) return undefined;
    const found = await this.#connection(clientId);
    if (!found) return undefined;
    const { connected = false, cleanSession = true, sessionExpiry = 0, keepAliveDuration = 0 } = found;
    return {
      connected,
      clean_start: cleanSession,
      expiry_interval: cleanSession ? 0 : sessionExpiry,
      keepalive: keepAliveDuration,
      ...(found.connectedSince !== undefined && { connected_at: found.connectedSince }),
      ...(found.disconnectedSince !== undefined && { disconnected_at: found.disconnectedSince }),
      ...(found.sourceIp !== undefined && { ip_address: found.sourceIp }),
      ...(found.sourcePort !== undefined && { port: found.sourcePort }),
    };
  }

  /** With address and port, unless that is not allowed. */
  async #connection(clientId: string): Promise<GetConnectionResponse | undefined> {
    const ask = (includeSocketInformation: boolean) =>
      unlessNotFound(this.#client.send(new GetConnectionCommand({ clientId, includeSocketInformation })));
    if (!this.#showsSockets) return ask(false);
    try {
      return await ask(true);
    } catch (error) {
      if (!(error instanceof Error && error.name === "ForbiddenException")) throw error;
      this.#showsSockets = false;
      return ask(false);
    }
  }

  async subscriptions(clientId: string): Promise<BrokerSubscription[]> {
    if (!isIotClientid(clientId)) return [];
    const found: BrokerSubscription[] = [];
    let nextToken: string | undefined;
    do {
      const page = await unlessNotFound(
        this.#client.send(new ListSubscriptionsCommand({ clientId, maxResults: 100, nextToken })),
      );
      for (const { topicFilter, qos } of page?.subscriptions ?? []) {
        if (topicFilter) found.push({ topic: topicFilter, qos: toQos(qos) });
      }
      nextToken = page?.nextToken;
    } while (nextToken);
    return found;
  }

  async *retainedTopics(): AsyncGenerator<RetainedTopic> {
    for await (const page of paginateListRetainedMessages({ client: this.#client }, { maxResults: 200 })) {
      for (const { topic, qos, lastModifiedTime } of page.retainedTopics ?? []) {
        if (topic) yield { topic, qos: toQos(qos), ...retainedFacts(topic, lastModifiedTime) };
      }
    }
  }

  async retained(topic: string): Promise<RetainedMessage | undefined> {
    if (!isIotTopic(topic)) return undefined;
    const found = await unlessNotFound(this.#client.send(new GetRetainedMessageCommand({ topic })));
    if (!found) return undefined;
    const { payload = new Uint8Array(), qos, lastModifiedTime } = found;
    return {
      ...{ topic, payload: Buffer.from(payload), qos: toQos(qos) },
      ...retainedFacts(topic, lastModifiedTime),
    };
  }

  /** Subscribers of the topic get the empty message that clears it. */
  async discardRetained(topic: string): Promise<void> {
    await this.#client.send(new PublishCommand({ topic, payload: Buffer.alloc(0), qos: 1, retain: true }));
  }
}

/** A message's MQTT 5 properties as the data plane takes them. */
function propertiesOf({ properties = {} }: Message) {
  const { payload_format_indicator, message_expiry_interval, correlation_data, user_properties } = properties;
  return {
    contentType: properties.content_type,
    responseTopic: properties.response_topic,
    messageExpiry: message_expiry_interval,
    correlationData: correlation_data && Buffer.from(correlation_data as string).toString("base64"),
    payloadFormatIndicator:
      payload_format_indicator === undefined
        ? undefined
        : payload_format_indicator === 1
          ? ("UTF8_DATA" as const)
          : ("UNSPECIFIED_BYTES" as const),
    userProperties:
      user_properties &&
      JSON.stringify(
        Object.entries(user_properties).flatMap(([name, values]) =>
          [values].flat().map((value) => ({ [name]: value })),
        ),
      ),
  };
}

const toQos = (qos: number | undefined): 0 | 1 => (qos === 1 ? 1 : 0);

/** The answer of a call, or `undefined` where IoT Core does not know what it is about. */
async function unlessNotFound<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}
