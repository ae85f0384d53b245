import type { Aedes, Client } from "aedes";

/**
 * Lets clients have ids that are names of properties which every object has, such as `constructor`: Aedes would take
 * the property for a client that is connected.
 */
export function takeAnyClientid(aedes: Aedes): void {
  Object.assign(aedes, { clients: Object.create(null) });
}

/** The same for the filters of a client, which Aedes would take for subscriptions of it. */
export function takeAnyFilter(client: Client): void {
  Object.assign(client, { subscriptions: Object.create(null) });
}
