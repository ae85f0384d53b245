import { log } from "../../log.ts";
import type { ClientIdentity, DeliveredMessage, Extension, PassingMessage } from "./extension.ts";

/** The extensions of a broker as one: each of its questions goes to all of them, in their order. */
export class Extensions {
  readonly #all: readonly Extension[];

  constructor(all: readonly Extension[]) {
    this.#all = all;
  }

  /** Whether any extension wants to know what is routed now. */
  get followRoutes(): boolean {
    return this.#all.some(({ routed, idle }) => routed && !idle);
  }

  /** Whether any extension wants to know what is delivered now. */
  get followDeliveries(): boolean {
    return this.#all.some(({ delivers, idle }) => delivers && !idle);
  }

  /** Whether any extension wants to know which deliveries are over. */
  get followCompletions(): boolean {
    return this.#all.some(({ completes, idle }) => completes && !idle);
  }

  async admit(client: ClientIdentity): Promise<boolean> {
    for (const extension of this.#all) {
      if ((await extension.admits?.(client)) === false) return false;
    }
    return true;
  }

  connect(client: ClientIdentity): void {
    for (const extension of this.#all) extension.connected?.(client);
  }

  disconnect(client: ClientIdentity): void {
    for (const extension of this.#all) extension.disconnected?.(client);
  }

  rewriteFilter(filter: string, client: ClientIdentity): string {
    return this.#all.reduce((now, extension) => extension.rewriteFilter?.(now, client) ?? now, filter);
  }

  async arrive(
    message: PassingMessage,
    sender: ClientIdentity | undefined,
  ): Promise<PassingMessage | undefined> {
    let now: PassingMessage | undefined = message;
    for (const extension of this.#all) {
      if (now && extension.arrives) now = await extension.arrives(now, sender);
    }
    return now;
  }

  /** What is routed already is not failed by an extension. */
  async route(message: PassingMessage, matched: boolean): Promise<void> {
    for (const extension of this.#all) {
      try {
        await extension.routed?.(message, matched);
      } catch (error) {
        log("error", "a message was routed, and an extension of the broker failed", { error });
      }
    }
  }

  deliver(message: PassingMessage, receiver: ClientIdentity): void {
    for (const extension of this.#all) extension.delivers?.(message, receiver);
  }

  complete(delivery: DeliveredMessage, receiver: ClientIdentity): void {
    for (const extension of this.#all) extension.completes?.(delivery, receiver);
  }
}
