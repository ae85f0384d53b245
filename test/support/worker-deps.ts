import { type LocalDatabase, openLocalDatabase } from "../../infra/local/database.ts";
import type { Deps } from "../../lib/deps/types.ts";
import { Bans } from "../../lib/store/bans.ts";
import { Sessions } from "../../lib/store/sessions.ts";
import { Subscriptions } from "../../lib/store/subscriptions.ts";
import { TestBroker } from "./test-broker.ts";

/** What workers use: a registry in memory that nothing follows, and a broker and queue that record. */
export class WorkerDeps implements Partial<Deps> {
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly bans: Bans;
  readonly broker = new TestBroker();
  readonly dead: { event: string; cause: string }[] = [];
  readonly things: string[] = [];
  readonly local: LocalDatabase;
  readonly deadLetters = {
    send: async (event: string, cause: string) => void this.dead.push({ event, cause }),
  };
  readonly fleet = { connectedClients: () => toAsync(this.things) };

  static async open(): Promise<WorkerDeps> {
    return new WorkerDeps(await openLocalDatabase());
  }

  private constructor(local: LocalDatabase) {
    this.local = local;
    this.bans = new Bans(local.database);
    this.sessions = new Sessions(local.database);
    this.subscriptions = new Subscriptions(local.database);
  }

  close(): Promise<void> {
    return this.local.close();
  }
}

async function* toAsync<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
