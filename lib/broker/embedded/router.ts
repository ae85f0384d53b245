import { FilterMap } from "../../mqtt/filter-map.ts";
import { type SharedFilter, sharedFilter } from "../../mqtt/shared-filter.ts";
import { type Copy, copyFor, type RoutedSubscription } from "./copy.ts";
import { SharedGroup } from "./shared-group.ts";

/** Who subscribes to what: all sessions, connected or not. Filters are named as clients name them. */
export class Router {
  readonly #plain = new FilterMap<Map<string, RoutedSubscription>>();
  readonly #shared = new FilterMap<Map<string, SharedGroup>>();
  readonly #names = new Map<string, Set<string>>();

  /** Adds a subscription of a session, in place of one to the same filter. */
  subscribe(clientid: string, name: string, subscription: RoutedSubscription): void {
    this.#names.set(clientid, (this.#names.get(clientid) ?? new Set()).add(name));
    const shared = sharedFilter(name);
    if (shared) {
      const groups = this.#shared.get(shared.filter) ?? new Map<string, SharedGroup>();
      this.#shared.set(shared.filter, groups);
      const group = groups.get(shared.group) ?? new SharedGroup(shared);
      groups.set(shared.group, group);
      group.set(clientid, subscription);
      return;
    }
    const subscribers = this.#plain.get(name) ?? new Map<string, RoutedSubscription>();
    this.#plain.set(name, subscribers.set(clientid, subscription));
  }

  unsubscribe(clientid: string, name: string): void {
    const names = this.#names.get(clientid);
    if (!names?.delete(name)) return;
    if (names.size === 0) this.#names.delete(clientid);
    const shared = sharedFilter(name);
    if (shared) {
      this.#leaveGroup(clientid, shared);
      return;
    }
    const subscribers = this.#plain.get(name);
    subscribers?.delete(clientid);
    if (subscribers?.size === 0) this.#plain.delete(name);
  }

  /** Removes all subscriptions of a session. */
  forget(clientid: string): void {
    for (const name of this.#names.get(clientid) ?? []) this.unsubscribe(clientid, name);
  }

  /** Whether any session subscribes to a topic, alone or in a group. */
  anySubscribes(topic: string): boolean {
    return this.#plain.matching(topic).length > 0 || this.#shared.matching(topic).length > 0;
  }

  /**
   * The copies to make of a message: one for each subscription, and one for each group. A group's copy goes to a
   * connected member, if there is one. That overlapping subscriptions of a session bring a copy each, with their own
   * QoS, is left to brokers; EMQX does so. [MQTT-3.3.5-1]
   */
  copies(topic: string, sender: string | undefined, isConnected: (clientid: string) => boolean): Copy[] {
    const copies = this.#plain
      .matching(topic)
      .flatMap((subscribers) =>
        [...subscribers]
          .filter(([clientid, { nl }]) => nl === 0 || clientid !== sender)
          .map(([clientid, subscription]) => copyFor(clientid, subscription)),
      );
    for (const groups of this.#shared.matching(topic)) {
      for (const group of groups.values()) {
        const copy = group.next(isConnected);
        if (copy) copies.push(copy);
      }
    }
    return copies;
  }

  /** A session's subscription to a filter; `undefined` if it does not subscribe to it, or shares it. */
  own(clientid: string, filter: string): RoutedSubscription | undefined {
    return this.#plain.get(filter)?.get(clientid);
  }

  /** The copy of a message that was meant for a member which is gone. */
  copyOfGroup({ group, filter }: SharedFilter, isConnected: (clientid: string) => boolean): Copy | undefined {
    return this.#shared.get(filter)?.get(group)?.next(isConnected);
  }

  #leaveGroup(clientid: string, { group: name, filter }: SharedFilter): void {
    const groups = this.#shared.get(filter);
    const group = groups?.get(name);
    group?.delete(clientid);
    if (group?.size === 0) groups?.delete(name);
    if (groups?.size === 0) this.#shared.delete(filter);
  }
}
