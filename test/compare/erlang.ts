/** What an Erlang term within a text says, in the shapes of JSON. [io_lib, ~p and ~0p] */
export function readErlang(text: string): unknown {
  const reader = new Reader(text);
  const value = reader.term();
  reader.end();
  return value;
}

/** Reads the terms that EMQX writes into messages. Throws for what is none. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  term(): unknown {
    this.#take(/\s*/y);
    if (this.#take(/#\{/y)) return Object.fromEntries(this.#items("}", () => this.#entry()));
    if (this.#take(/\{/y)) return this.#items("}", () => this.term());
    if (this.#take(/\[/y)) return asText(this.#items("]", () => this.term()));
    if (this.#take(/<</y)) return this.#binary();
    const quoted = this.#take(/"(?:\\[\s\S]|[^"\\])*"(?:\s*"(?:\\[\s\S]|[^"\\])*")*/y);
    if (quoted) return unquote(quoted);
    const number = this.#take(/-?\d+(\.\d+)?(e[+-]?\d+)?/y);
    if (number) return Number(number);
    const word = this.#take(/[a-zß-ÿ][\wÀ-ÿ@.()]*|'(?:\\[\s\S]|[^'\\])*'/y);
    if (!word) throw new Error(`No term at ${this.#at} of ${this.#text}`);
    return word === "true" ? true : word === "false" ? false : word.replace(/^'|'$/g, "");
  }

  end(): void {
    this.#take(/\s*/y);
    if (this.#at < this.#text.length) throw new Error(`More than a term: ${this.#text}`);
  }

  #entry(): [string, unknown] {
    const key = String(this.term());
    if (!this.#take(/\s*=>/y)) throw new Error(`No value at ${this.#at} of ${this.#text}`);
    return [key, this.term()];
  }

  #items<Item>(close: string, read: () => Item): Item[] {
    const items: Item[] = [];
    const end = new RegExp(`\\s*\\${close}`, "y");
    while (!this.#take(end)) {
      items.push(read());
      this.#take(/\s*,/y);
    }
    return items;
  }

  /** Text in quotes, or its bytes. */
  #binary(): string {
    const text = this.#take(/\s*"(?:\\[\s\S]|[^"\\])*"(?:\s*"(?:\\[\s\S]|[^"\\])*")*(\/utf8)?>>/y);
    if (text) return unquote(text.replace(/(\/utf8)?>>$/, ""));
    const bytes = this.#take(/[\d,\s]*>>/y);
    if (bytes === undefined) throw new Error(`No bytes at ${this.#at} of ${this.#text}`);
    return Buffer.from(bytes.match(/\d+/g)?.map(Number) ?? []).toString();
  }

  #take(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}

/** Adjoining quoted texts are one. */
const unquote = (quoted: string) =>
  quoted
    .trim()
    .replace(/^"|"$/g, "")
    .replace(/(?<!\\)"\s*"/g, "")
    .replace(/\\x\{([0-9A-F]+)\}/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\\n/g, "\n")
    .replace(/\\(["'\\])/g, "$1");

/** A list of characters is a text, also in lists of lists. */
function asText(items: unknown[]): unknown {
  const codes = items.flat(Number.POSITIVE_INFINITY);
  const isText = items.length > 0 && codes.every((code) => Number.isInteger(code) && Number(code) >= 0);
  return isText ? codes.map((code) => String.fromCodePoint(Number(code))).join("") : items;
}
