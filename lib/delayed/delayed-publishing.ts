import type { Extension, PassingMessage } from "../broker/embedded/extension.ts";
import { delayOf, type HoldingDeps, holdBack, tooLargeToHold } from "./hold-back.ts";

/** Delayed publishing for the clients of the embedded broker: what they send to `$delayed/…` is held back. */
export class DelayedPublishing implements Extension {
  readonly #deps: HoldingDeps;

  constructor(deps: HoldingDeps) {
    this.#deps = deps;
  }

  async arrives(message: PassingMessage): Promise<PassingMessage | undefined> {
    if (!message.topic.startsWith("$delayed/")) return message;
    const delay = await delayOf(message.topic, this.#deps);
    if (!delay) return message;
    const refusal = tooLargeToHold(message);
    if (refusal) throw new Error(refusal);
    const { payload, qos, retain, properties, facts } = message;
    const { msgid, from_clientid, from_username } = facts;
    const held = { payload, qos, retain, properties, msgid, from_clientid };
    await holdBack({ ...held, ...(from_username !== undefined && { from_username }) }, delay, this.#deps);
    return undefined;
  }
}
