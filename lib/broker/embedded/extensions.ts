import { log } from "../../log.ts";
import type { ClientIdentity, Extension, PassingMessage } from "./extension.ts";

/** The extensions of a broker as one: each of its questions goes to all of them, in their order. */
export class Extensions {
  readonly #all: readonly Extension[];
  /** Whether any extension wants to know what is routed, or delivered. */
  readonly followRoutes: boolean;
  readonly followDeliveries: boolean;

  constructor(all: readonly Extension[]) {
    this.#all = all;
    this.followRoutes = all.some(({ routed }) => routed !== undefined);
    this.followDeliveries = all.some(({ delivers }) => delivers !== undefined);
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
}
