import type { Aedes, Client } from "aedes";
import type { ClientStatistics, TrafficStatistics } from "../../records/client-statistics.ts";
import type { StatisticsOfClients } from "../broker.ts";
import type { Connections } from "./connections.ts";
import type { Mailbox } from "./mailbox.ts";
import type { SessionQueues } from "./session-queues.ts";
import { Traffic } from "./traffic.ts";

/**
 * What the embedded broker counts of its clients. A session that is kept shows what passed through its last
 * connection as long as this process runs, and what waits for its client always.
 */
export class EmbeddedStatistics implements StatisticsOfClients {
  readonly #connections: Connections;
  readonly #queues: SessionQueues;
  readonly #traffic = new WeakMap<Client, Traffic>();
  /** Of sessions whose client is away; a mailbox lives as long as its session. */
  readonly #ofAway = new WeakMap<Mailbox, TrafficStatistics>();

  constructor(aedes: Aedes, connections: Connections, queues: SessionQueues) {
    this.#connections = connections;
    this.#queues = queues;
    aedes.on("clientDisconnect", (client) => {
      const traffic = this.#traffic.get(client);
      const mailbox = queues.mailbox(client.id);
      if (traffic && mailbox) this.#ofAway.set(mailbox, traffic.statistics());
    });
  }

  /** Counts what passes through a connection that was just taken over. */
  follow(client: Client): void {
    this.#traffic.set(client, new Traffic(client));
  }

  of(clientids: readonly string[]): ReadonlyMap<string, ClientStatistics> {
    const found = new Map<string, ClientStatistics>();
    for (const clientid of clientids) {
      const mailbox = this.#queues.mailbox(clientid);
      const client = this.#connections.withId(clientid);
      const traffic = client ? this.#traffic.get(client)?.statistics() : mailbox && this.#ofAway.get(mailbox);
      if (mailbox) found.set(clientid, { ...traffic, ...mailbox.statistics() });
    }
    return found;
  }
}
