import { FilterMap } from "../../mqtt/filter-map.ts";
import { type SharedFilter, sharedFilter } from "../../mqtt/shared-subscription.ts";
import type { SubscriptionOptions } from "../../records/session.ts";
import { SharedGroup } from "./shared-group.ts";

/** A subscription, with the Subscription Identifier that an MQTT 5 client gave it. [MQTT-3.8.2.1.2] */
export interface RoutedSubscription extends SubscriptionOptions {
  identifier?: number;
}

/** One copy of a message, for one session. */
export interface Copy {
  clientid: string;
  /** The most that was granted. */
  qos: 0 | 1 | 2;
  /** Whether the retain flag stays as the message was published. */
  rap: boolean;
  /** Of the subscriptions that it is sent for. */
  identifiers: number[];
  /** The subscription it was picked for, if that is shared. */
  shared?: SharedFilter;
}

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
   * The copies to make of a message: one for each session with subscriptions of its own, and one for each group. A
   * group's copy goes to a connected member, if there is one.
   */
  copies(topic: string, sender: string | undefined, isConnected: (clientid: string) => boolean): Copy[] {
    const copies = [...this.#plainCopies(topic, (clientid, { nl }) => nl === 1 && clientid === sender)];
    for (const groups of this.#shared.matching(topic)) {
      for (const group of groups.values()) {
        const copy = group.next(isConnected);
        if (copy) copies.push(copy);
      }
    }
    return copies;
  }

  /** The copy that a session gets of a message by subscriptions of its own; `undefined` if it has none. */
  ownCopy(clientid: string, topic: string): Copy | undefined {
    return this.#plainCopies(topic, (subscriber) => subscriber !== clientid).next().value;
  }

  /** The copy of a message that was meant for a member which is gone. */
  copyOfGroup({ group, filter }: SharedFilter, isConnected: (clientid: string) => boolean): Copy | undefined {
    return this.#shared.get(filter)?.get(group)?.next(isConnected);
  }

  /** Overlapping subscriptions of a session make one copy. [MQTT-3.3.5-1, MQTT-3.3.4-4] */
  #plainCopies(topic: string, isLeftOut: (clientid: string, of: RoutedSubscription) => boolean) {
    const copies = new Map<string, Copy>();
    for (const subscribers of this.#plain.matching(topic)) {
      for (const [clientid, subscription] of subscribers) {
        if (isLeftOut(clientid, subscription)) continue;
        const { qos, rap, identifier } = subscription;
        const copy = copies.get(clientid) ?? { clientid, qos, rap: false, identifiers: [] };
        if (qos > copy.qos) copy.qos = qos;
        copy.rap ||= rap === 1;
        if (identifier !== undefined) copy.identifiers.push(identifier);
        copies.set(clientid, copy);
      }
    }
    return copies.values();
  }

  #leaveGroup(clientid: string, { group: name, filter }: SharedFilter): void {
    const groups = this.#shared.get(filter);
    const group = groups?.get(name);
    group?.delete(clientid);
    if (group?.size === 0) groups?.delete(name);
    if (groups?.size === 0) this.#shared.delete(filter);
  }
}
