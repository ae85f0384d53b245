import type { Level } from "level";

/** Which session a persistent client has, remembered over restarts of the embedded broker. */
export class SessionIdentifiers {
  readonly #identifiers;

  constructor(database: Level) {
    this.#identifiers = database.sublevel<string, string>("session-identifiers", { valueEncoding: "utf8" });
  }

  /** The identifier of the client's session; `fresh` becomes it if there was no session. */
  async resume(clientid: string, fresh: string): Promise<string> {
    const known = await this.#identifiers.get(clientid);
    if (known !== undefined) return known;
    await this.#identifiers.put(clientid, fresh);
    return fresh;
  }

  /** Whether the client has a session. */
  async has(clientid: string): Promise<boolean> {
    return (await this.#identifiers.get(clientid)) !== undefined;
  }

  /** The clients that have a session. */
  async clients(): Promise<string[]> {
    return this.#identifiers.keys().all();
  }

  /** Forgets the client's session. Returns whether there was one. */
  async remove(clientid: string): Promise<boolean> {
    const known = await this.#identifiers.get(clientid);
    if (known === undefined) return false;
    await this.#identifiers.del(clientid);
    return true;
  }
}
