import { log } from "../../log.ts";
import { isTopicFilter } from "../../mqtt/filter-syntax.ts";
import type { AutoSubscription } from "../../records/auto-subscription.ts";
import type { AutoSubscribing } from "../broker.ts";
import { AedesClient } from "./aedes-client.ts";
import type { Connections } from "./connections.ts";
import type { ClientIdentity, Extension } from "./extension.ts";

/**
 * Subscribes clients when they connect, persistent sessions again when they are resumed. What is configured later
 * does not change who is connected.
 */
export class AutoSubscribe implements Extension, AutoSubscribing {
  readonly #connections: Connections;
  #subscriptions: readonly AutoSubscription[] = [];

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  configure(subscriptions: readonly AutoSubscription[]): void {
    this.#subscriptions = subscriptions;
  }

  connected(client: ClientIdentity): void {
    void this.#subscribeAll(client);
  }

  async #subscribeAll(identity: ClientIdentity): Promise<void> {
    const { clientid } = identity;
    const client = this.#connections.withId(clientid);
    if (!client) return;
    for (const subscription of subscriptionsOf(identity, this.#subscriptions)) {
      try {
        await new AedesClient(client).subscribe(subscription);
      } catch (error) {
        log("warn", "a client was not subscribed", { clientid, topic: subscription.topic, error });
      }
    }
  }
}

/** What a client is subscribed to: of entries that come to the same filter, the first. [emqx_auto_subscribe] */
function subscriptionsOf(client: ClientIdentity, entries: readonly AutoSubscription[]): AutoSubscription[] {
  const found = new Map<string, AutoSubscription>();
  for (const entry of entries) {
    const topic = filterFor(client, entry.topic);
    if (topic !== undefined && !found.has(topic)) found.set(topic, { ...entry, topic });
  }
  return [...found.values()];
}

/**
 * The filter for one client; `undefined` if a value is not known, it is no filter, or a value would widen it, because
 * clients choose their names themselves.
 */
function filterFor({ clientid, username, ip_address, port }: ClientIdentity, topic: string) {
  const values: Record<string, string | undefined> = {
    clientid,
    username,
    host: ip_address,
    port: port?.toString(),
  };
  let known = true;
  const filter = topic.replace(/\$\{(clientid|username|host|port)\}/g, (_, name: string) => {
    const value = values[name];
    known &&= value !== undefined && !/[+#]/.test(value);
    return value ?? "";
  });
  return known && isTopicFilter(filter) ? filter : undefined;
}
