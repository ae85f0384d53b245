import { deserialize, serialize } from "node:v8";
import type { Level } from "level";
import { log } from "../../log.ts";
import type { Letter } from "./letter.ts";

/** Where the letters of one session are kept. */
export interface LetterBox {
  /** Keeps a letter as it is now. Resolves when it is safe, if it is kept at all. */
  save(letter: Letter): Promise<void> | undefined;
  remove(letter: Letter): void;
}

/** For a session that ends with its connection: nothing is kept. */
export const noBox: LetterBox = { save: () => undefined, remove() {} };

/** Letters of persistent sessions, remembered over restarts of the embedded broker. */
export class LetterStore {
  readonly #letters;
  /** What is not written yet; `undefined` stands for a letter that is gone. */
  #changes = new Map<string, Letter | undefined>();
  #written: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(database: Level) {
    this.#letters = database.sublevel<string, Buffer>("letters", { valueEncoding: "buffer" });
  }

  /** Where the letters of a session are kept. */
  box(clientid: string): LetterBox {
    const keyOf = ({ key }: Letter) => `${encodeURIComponent(clientid)}:${key}`;
    return {
      save: (letter) => this.#change(keyOf(letter), letter),
      remove: (letter) => void this.#change(keyOf(letter), undefined),
    };
  }

  /** All letters with their client ids, those of one client in the order in which they came. */
  async *all(): AsyncGenerator<[clientid: string, Letter]> {
    for await (const [key, value] of this.#letters.iterator()) {
      yield [decodeURIComponent(key.slice(0, key.lastIndexOf(":"))), deserialize(value)];
    }
  }

  /** Resolves when everything is written. */
  async idle(): Promise<void> {
    while (this.#next) await this.#next.catch(() => {});
  }

  /** Changes are written together, and one set after the other, so that the last change of a letter counts. */
  #change(key: string, letter: Letter | undefined): Promise<void> {
    this.#changes.set(key, letter);
    if (!this.#next) {
      this.#next = this.#written.then(() => this.#write());
      this.#written = this.#next.catch((error) => log("error", "queued messages were not kept", { error }));
    }
    return this.#next;
  }

  async #write(): Promise<void> {
    const changes = this.#changes;
    this.#changes = new Map();
    this.#next = undefined;
    await this.#letters.batch(
      [...changes].map(([key, letter]) =>
        letter ? { type: "put", key, value: serialize(letter) } : { type: "del", key },
      ),
    );
  }
}
