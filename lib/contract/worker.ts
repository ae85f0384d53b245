import type { Need } from "./needs.ts";

/** A function that is not called over HTTP. */
export interface Worker {
  /** Name of its folder and its function. */
  readonly name: string;
  readonly summary: string;
  readonly trigger: Trigger;
  readonly needs: readonly Need[];
}

/** What runs a worker: the queue of lifecycle events, the registry table's change stream, the queue of delayed messages, a deployment, or the clock. */
export type Trigger =
  | "lifecycle-events"
  | "registry-changes"
  | "delayed-messages"
  | "deployment"
  | { readonly everyMinutes: number };

/** Declares a worker. Returns it unchanged; exists to keep its literal types. */
export function defineWorker<const W extends Worker>(worker: W): W {
  return worker;
}
