import { ingest, type Registry } from "../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { followChanges, listingsOf } from "../../lib/ingest/registry-changes.ts";
import { afterDisconnect } from "../../lib/ingest/session-events.ts";
import { standingOf } from "../../lib/records/session-state.ts";
import { type ItemChange, recountDirectory } from "../../lib/store/directory-feed.ts";
import { Sessions } from "../../lib/store/sessions.ts";
import { Subscriptions } from "../../lib/store/subscriptions.ts";
import { catchUp } from "./catch-up.ts";
import type { LocalDatabase } from "./database.ts";
import { SerialQueue } from "./serial-queue.ts";

/** How long changes gather while there are many: counting a batch costs hardly more than counting one, in milliseconds. */
const changesGather = 10;

/** The registry with what keeps it up to date on AWS: the queue of events and the table's change stream. */
export class LocalRegistry implements Registry {
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly #events = new SerialQueue<LifecycleEvent>((batch) => this.#ingestAll(batch));
  readonly #onIngested: (event: LifecycleEvent) => Promise<void>;
  readonly #changes = new SerialQueue<ItemChange>((batch) => followChanges(this, "local", batch), {
    gather: changesGather,
  });

  /** Opens the registry; `onChange` is told of each change of an item, `onIngested` of each event that is in. */
  static async open(
    local: LocalDatabase,
    onChange: (change: ItemChange) => void,
    onIngested: (event: LifecycleEvent) => Promise<void> = async () => {},
  ): Promise<LocalRegistry> {
    const registry = new LocalRegistry(local, onIngested);
    await catchUp(registry);
    for (const listing of listingsOf(registry)) await recountDirectory(listing);
    local.changes.watch((change) => {
      registry.#changes.push(change);
      onChange(change);
    });
    await registry.#disconnectEveryone();
    return registry;
  }

  private constructor({ database }: LocalDatabase, onIngested: (event: LifecycleEvent) => Promise<void>) {
    this.#onIngested = onIngested;
    this.sessions = new Sessions(database);
    this.subscriptions = new Subscriptions(database);
  }

  /** Takes in an event of the broker. */
  push(event: LifecycleEvent): void {
    this.#events.push(event);
  }

  /** Resolves when all events, and all that follows from them, are in the registry. */
  async idle(): Promise<void> {
    await this.#events.idle();
    await this.#changes.idle();
  }

  /** Events of one client follow each other; those of different clients go side by side. */
  async #ingestAll(batch: LifecycleEvent[]): Promise<void> {
    const byClient = Map.groupBy(batch, ({ clientId }) => clientId);
    await Promise.all(
      [...byClient.values()].map(async (events) => {
        for (const event of events) {
          await ingest(this, event);
          await this.#onIngested(event);
        }
      }),
    );
  }

  /** Whoever is still shown as connected when the broker starts was cut off by the end of the last run. */
  async #disconnectEveryone(): Promise<void> {
    for await (const state of this.sessions.states()) {
      if (standingOf(state).standing !== "connected" || !state.connect) continue;
      const event = {
        clientId: state.clientid,
        versionNumber: state.connect.version,
        timestamp: Math.max(Date.now(), state.connect.at),
      };
      await this.sessions.change(state.clientid, (now) => afterDisconnect(now, event));
    }
  }
}
