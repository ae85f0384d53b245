import type { Construct } from "constructs";
import { QueueWithDeadLetters } from "./queue-with-dead-letters.ts";

/** The way of delayed messages to their delivery: a queue whose timers hold them back, with one for dead letters. */
export class DelayedDelivery extends QueueWithDeadLetters {
  constructor(scope: Construct, id: string) {
    // Shorter than AWS's advice, because a message that failed is late already.
    super(scope, id, 2);
  }
}
