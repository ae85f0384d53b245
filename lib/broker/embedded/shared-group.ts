import type { SharedFilter } from "../../mqtt/shared-filter.ts";
import { type Copy, copyFor, type RoutedSubscription } from "./copy.ts";

/** The sessions that share a subscription. */
export class SharedGroup {
  readonly #shared: SharedFilter;
  readonly #members = new Map<string, RoutedSubscription>();
  #turn = 0;

  constructor(shared: SharedFilter) {
    this.#shared = shared;
  }

  get size(): number {
    return this.#members.size;
  }

  set(clientid: string, subscription: RoutedSubscription): void {
    this.#members.set(clientid, subscription);
  }

  delete(clientid: string): void {
    this.#members.delete(clientid);
  }

  /** The copy of the member whose turn it is: of those that are connected, or of all if none is. */
  next(isConnected: (clientid: string) => boolean): Copy | undefined {
    const members = [...this.#members];
    const connected = members.filter(([clientid]) => isConnected(clientid));
    const candidates = connected.length > 0 ? connected : members;
    const picked = candidates[this.#turn % candidates.length];
    this.#turn += 1;
    if (!picked) return undefined;
    return { ...copyFor(...picked), shared: this.#shared };
  }
}
