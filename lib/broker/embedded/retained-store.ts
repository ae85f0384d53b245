import { deserialize, serialize } from "node:v8";
import type { AedesPublishPacket } from "aedes";
import type { Level } from "level";
import type { RetainedTopic } from "../broker.ts";
import { attachFacts, type MessageFacts } from "./message-facts.ts";

/** What is known of a retained message without reading it. */
export interface RetainedRow extends RetainedTopic {
  facts: MessageFacts;
}

type Batch = ReturnType<Level["batch"]>;

/**
 * Retained messages on disk. Their rows are in memory too, in the order in which they were stored, so that a list or
 * a subscription reads only the messages that it hands out.
 */
export class RetainedStore {
  readonly #database: Level;
  readonly #rowsOnDisk;
  readonly #packets;
  readonly #rows = new Map<string, RetainedRow>();
  /** One write follows the other, so that the last change of a topic counts on disk too. */
  #written: Promise<void> = Promise.resolve();

  static async open(database: Level): Promise<RetainedStore> {
    const store = new RetainedStore(database);
    const rows = await store.#rowsOnDisk.values().all();
    for (const row of rows.sort((a, b) => a.publish_at - b.publish_at)) store.#rows.set(row.topic, row);
    return store;
  }

  private constructor(database: Level) {
    this.#database = database;
    this.#rowsOnDisk = database.sublevel<string, RetainedRow>("retained-rows", { valueEncoding: "json" });
    this.#packets = database.sublevel<string, Buffer>("retained-packets", { valueEncoding: "buffer" });
  }

  get size(): number {
    return this.#rows.size;
  }

  rows(): IterableIterator<RetainedRow> {
    return this.#rows.values();
  }

  row(topic: string): RetainedRow | undefined {
    return this.#rows.get(topic);
  }

  /** The message of a topic, as Aedes stores it. */
  async packet(topic: string): Promise<AedesPublishPacket | undefined> {
    const row = this.#rows.get(topic);
    const stored = row && (await this.#packets.get(topic));
    if (!stored) return undefined;
    const packet = deserialize(stored) as AedesPublishPacket;
    attachFacts(packet, row.facts);
    return packet;
  }

  /** Keeps a message in place of its topic's last one. */
  async put(row: RetainedRow, packet: AedesPublishPacket): Promise<void> {
    const { topic } = row;
    this.#rows.delete(topic);
    this.#rows.set(topic, row);
    const stored = serialize({ ...packet });
    await this.#write((batch) =>
      batch
        .put(topic, row, { sublevel: this.#rowsOnDisk, valueEncoding: "json" })
        .put(topic, stored, { sublevel: this.#packets, valueEncoding: "buffer" }),
    );
  }

  /** Forgets the message of a topic. */
  async remove(topic: string): Promise<void> {
    if (!this.#rows.delete(topic)) return;
    await this.#write((batch) =>
      batch.del(topic, { sublevel: this.#rowsOnDisk }).del(topic, { sublevel: this.#packets }),
    );
  }

  #write(fill: (batch: Batch) => Batch): Promise<void> {
    const turn = this.#written.then(() => fill(this.#database.batch()).write());
    this.#written = turn.catch(() => {});
    return turn;
  }
}
