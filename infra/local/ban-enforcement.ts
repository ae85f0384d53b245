import type { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";
import type { ClientIdentity, Extension } from "../../lib/broker/embedded/extension.ts";
import type { Registry } from "../../lib/ingest/ingest.ts";
import { connectedClient, kickOutBanned } from "../../lib/ingest/kick-out-banned.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { log } from "../../lib/log.ts";
import type { Bans } from "../../lib/store/bans.ts";

/** Keeps banned clients out of the embedded broker. */
export class BanEnforcement implements Extension {
  readonly #bans: Bans;

  constructor(bans: Bans) {
    this.#bans = bans;
  }

  async admits(client: ClientIdentity): Promise<boolean> {
    return !(await this.#bans.isBanned(client));
  }

  /** Disconnects who was banned between being admitted and being in the registry, where bans look for them. */
  async check(event: LifecycleEvent, { sessions }: Registry, broker: EmbeddedBroker): Promise<void> {
    const client = connectedClient(event);
    try {
      if (client) await kickOutBanned(client, { bans: this.#bans, sessions, broker });
    } catch (error) {
      log("error", "whether a connected client is banned was not found out", { error });
    }
  }
}
