import { Readable } from "node:stream";
import type { AedesPublishPacket } from "aedes";
import { log } from "../../log.ts";
import { covers } from "../../mqtt/filter-cover.ts";
import { type RetainerRules, retainerRules } from "../../records/retainer-settings.ts";
import type { RetainedMessage, RetainedTopic, RetainerControl } from "../broker.ts";
import type { Extension, PassingMessage } from "./extension.ts";
import type { AedesPersistence } from "./kept-state.ts";
import { longestTimer } from "./long-timer.ts";
import { factsOf, type MessageFacts } from "./message-facts.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { attachFilter } from "./retained-filter.ts";
import type { RetainedRow, RetainedStore } from "./retained-store.ts";

/** The retained messages of the embedded broker, kept by rules that can be changed. [emqx_retainer] */
export class Retainer implements Extension, RetainerControl {
  readonly #store: RetainedStore;
  #rules = retainerRules({});
  #deliveries = new RateLimiter(this.#rules.deliveryRate);
  #stores = new RateLimiter(this.#rules.storeRate);
  #sweep: NodeJS.Timeout | undefined;

  constructor(store: RetainedStore) {
    this.#store = store;
  }

  configure(rules: RetainerRules): void {
    this.#rules = rules;
    this.#deliveries = new RateLimiter(rules.deliveryRate);
    this.#stores = new RateLimiter(rules.storeRate);
    this.close();
    if (!rules.enable || rules.sweepInterval === undefined) return;
    this.#sweep = setInterval(
      () => {
        this.sweep().catch((error) => log("error", "retained messages were not swept", { error }));
      },
      Math.min(rules.sweepInterval, longestTimer),
    ).unref();
  }

  /** Ends its timer. */
  close(): void {
    clearInterval(this.#sweep);
  }

  /** The rows of what is kept, also of messages that have expired and were not swept yet. */
  async *topics(): AsyncGenerator<RetainedTopic> {
    if (!this.#rules.enable) return;
    for (const { facts: _, ...row } of this.#store.rows()) yield row;
  }

  async read(topic: string): Promise<RetainedMessage | undefined> {
    const row = this.#store.row(topic);
    if (!row || !this.#shows(row)) return undefined;
    const { facts: _, ...shown } = row;
    const packet = await this.#store.packet(topic);
    return packet && { ...shown, payload: Buffer.from(packet.payload) };
  }

  discard(topic: string): Promise<void> {
    return this.#store.remove(topic);
  }

  /** With `stop_publish_clear_msg`, an empty message clears its topic and goes no further. */
  async arrives(message: PassingMessage): Promise<PassingMessage | undefined> {
    const { enable, holdClearing } = this.#rules;
    const clears = message.retain && message.payload.length === 0;
    if (!enable || !holdClearing || !clears) return message;
    await this.#store.remove(message.topic);
    return undefined;
  }

  /** Removes what has expired, as much as the rules allow at a time. */
  async sweep(now = Date.now()): Promise<void> {
    const expired = [...this.#store.rows()].filter((row) => this.#deadline(row) <= now);
    for (const { topic } of expired.slice(0, this.#rules.sweepLimit)) await this.#store.remove(topic);
  }

  /** An Aedes persistence that leaves retained messages to the retainer. */
  in(persistence: AedesPersistence): AedesPersistence {
    const stream = (filters: readonly string[]) => Readable.from(this.#matching(filters));
    return Object.assign(Object.create(persistence) as AedesPersistence, {
      storeRetained: (packet: AedesPublishPacket) => this.#retain(packet),
      createRetainedStream: (filter: string) => stream([filter]),
      createRetainedStreamCombi: (filters: string[]) => stream(filters),
    });
  }

  async #retain(packet: AedesPublishPacket): Promise<void> {
    if (!this.#rules.enable) return;
    if (packet.payload.length === 0) return this.#store.remove(packet.topic);
    const facts = factsOf(packet);
    if (!facts || !this.#hasRoomFor(packet)) return;
    const { topic, qos } = packet;
    await this.#store.put({ topic, qos, ...rowOf(facts), ...this.#expiry(packet, facts), facts }, packet);
  }

  #hasRoomFor({ topic, payload }: AedesPublishPacket): boolean {
    const { maxPayloadBytes, maxMessages } = this.#rules;
    if (payload.length > maxPayloadBytes) return false;
    if (this.#store.size >= maxMessages && !this.#store.row(topic)) return false;
    return this.#stores.take();
  }

  /** A message that names its own time keeps it; 0 stands for ever. */
  #expiry({ properties }: AedesPublishPacket, { publish_at }: MessageFacts): { expires_at?: number } {
    const own = properties?.messageExpiryInterval;
    const kept = own === undefined ? this.#rules.expiry : own * 1_000;
    return kept ? { expires_at: publish_at + kept } : {};
  }

  /** When the sweep removes a message. */
  #deadline({ publish_at, expires_at }: RetainedRow): number {
    const { longest, allowNeverExpire } = this.#rules;
    const own = expires_at ?? Number.POSITIVE_INFINITY;
    if (longest === undefined || (expires_at === undefined && allowNeverExpire)) return own;
    return Math.min(own, publish_at + longest);
  }

  #shows({ expires_at = Number.POSITIVE_INFINITY }: RetainedRow): boolean {
    return this.#rules.enable && expires_at > Date.now();
  }

  async *#matching(filters: readonly string[]): AsyncGenerator<AedesPublishPacket> {
    for (const filter of filters) {
      for (const topic of this.#topicsUnder(filter)) {
        await this.#deliveries.wait();
        const row = this.#store.row(topic);
        const packet = row && this.#shows(row) ? await this.#store.packet(topic) : undefined;
        if (!packet) continue;
        attachFilter(packet, filter);
        yield packet;
      }
    }
  }

  #topicsUnder(filter: string): string[] {
    if (!/[+#]/.test(filter)) return this.#store.row(filter) ? [filter] : [];
    return [...this.#store.rows()].map(({ topic }) => topic).filter((topic) => covers(filter, topic));
  }
}

const rowOf = ({ msgid, publish_at, from_clientid, from_username }: MessageFacts) => ({
  ...{ msgid, publish_at, from_clientid },
  ...(from_username !== undefined && { from_username }),
});
