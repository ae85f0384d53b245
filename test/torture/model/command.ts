import { setTimeout as sleep } from "node:timers/promises";
import type * as fc from "fast-check";
import { compare } from "./divergence.ts";
import type { Model } from "./model.ts";
import type { World } from "./world.ts";

/** What one command does to the model, and to the program. */
export interface Doing {
  possible?: (model: Model) => boolean;
  model: (model: Model) => unknown;
  /** Given what the model returned. */
  real: (world: World, outcome: never) => Promise<void>;
}

/** A command: it is done to both, and then everything that is shown must agree. */
export class Command implements fc.AsyncCommand<Model, World> {
  readonly #text: string;
  readonly #doing: Doing;

  constructor(text: string, doing: Doing) {
    this.#text = text;
    this.#doing = doing;
  }

  check(model: Model): boolean {
    return this.#doing.possible?.(model) ?? true;
  }

  async run(model: Model, world: World): Promise<void> {
    model.next();
    const outcome = this.#doing.model(model);
    await inTime(this.#text, this.#doing.real(world, outcome as never));
    await compare(model, world);
    world.note(this.#text);
  }

  toString(): string {
    return this.#text;
  }
}

/** Whether a client is connected. */
export const connected = (id: string) => (model: Model) => model.sessions.get(id)?.connected === true;

export function expectThat(what: string, wanted: unknown, found: unknown): void {
  if (wanted !== found) throw new Error(`${what}: expected ${wanted}, found ${found}`);
}

/** How long a command may take, in milliseconds: a client waits for ever for what a connection that is over should bring. */
const patience = 20_000;

async function inTime(what: string, done: Promise<void>): Promise<void> {
  const late = new AbortController();
  const tooLate = sleep(patience, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${what} is not done after ${patience / 1_000} seconds`);
  });
  await Promise.race([done, tooLate]).finally(() => {
    tooLate.catch(() => {});
    late.abort();
  });
}
