import type { Aedes, Client } from "aedes";
import type { ClientStatistics } from "../../records/client-statistics.ts";
import type { StatisticsOfClients } from "../broker.ts";
import type { Connections } from "./connections.ts";
import { Traffic } from "./traffic.ts";

/**
 * The traffic of the embedded broker's clients. A session that is kept shows what was counted on its last connection
 * as long as this process runs.
 */
export class EmbeddedStatistics implements StatisticsOfClients {
  readonly #connections: Connections;
  readonly #traffic = new WeakMap<Client, Traffic>();
  readonly #ofAway = new Map<string, ClientStatistics>();

  constructor(aedes: Aedes, connections: Connections) {
    this.#connections = connections;
    aedes.on("client", ({ id }) => this.forget(id));
    aedes.on("clientDisconnect", (client) => {
      const traffic = this.#traffic.get(client);
      const { clean: endsWithConnection } = client;
      if (traffic && !endsWithConnection) this.#ofAway.set(client.id, traffic.statistics());
    });
  }

  /** Counts what passes through a connection that was just taken over. */
  follow(client: Client): void {
    this.#traffic.set(client, new Traffic(client));
  }

  /** Forgets a session that is over. */
  forget(clientid: string): void {
    this.#ofAway.delete(clientid);
  }

  of(clientids: readonly string[]): ReadonlyMap<string, ClientStatistics> {
    const found = new Map<string, ClientStatistics>();
    for (const clientid of clientids) {
      const client = this.#connections.withId(clientid);
      const statistics = client ? this.#traffic.get(client)?.statistics() : this.#ofAway.get(clientid);
      if (statistics) found.set(clientid, statistics);
    }
    return found;
  }
}
