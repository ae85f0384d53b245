import type { Call, CallAnswer } from "./calls.ts";

/** What should be there by the answers so far. */
export type Expected = "there" | "gone" | "unknown";

/** A kind of things that the API creates and removes. `id` is letters and digits. */
export interface Kind {
  name: string;
  create(id: string): Call;
  /** How a creation is answered that succeeded. */
  created: number;
  /** How it is answered if the thing is there already; absent if that is no failure. */
  taken?: number;
  remove(id: string): Call;
  read?(id: string): Call;
  list: Call;
  /** Whether a list shows it. */
  isListed(list: CallAnswer["json"], id: string): boolean;
}

const json = (method: string, path: string, body?: unknown): Call => ({ method, path, body });

// biome-ignore lint/suspicious/noExplicitAny: rows of every shape
type Rows = any[];

export const kinds: Kind[] = [
  {
    name: "API key",
    create: (id) => json("POST", "/api_key", { name: id, desc: "", enable: true, role: "viewer" }),
    created: 200,
    taken: 400,
    remove: (id) => json("DELETE", `/api_key/${id}`),
    read: (id) => json("GET", `/api_key/${id}`),
    list: json("GET", "/api_key"),
    isListed: (list: Rows, id) => list.some(({ name }) => name === id),
  },
  {
    name: "user",
    create: (id) =>
      json("POST", "/users", { username: id, password: "passw0rd", description: "", role: "viewer" }),
    created: 200,
    taken: 400,
    remove: (id) => json("DELETE", `/users/${id}`),
    list: json("GET", "/users"),
    isListed: (list: Rows, id) => list.some(({ username }) => username === id),
  },
  {
    name: "ban",
    create: (id) => json("POST", "/banned", { as: "clientid", who: id }),
    created: 200,
    taken: 400,
    remove: (id) => json("DELETE", `/banned/clientid/${id}`),
    list: json("GET", "/banned?limit=10000"),
    isListed: ({ data }: { data: Rows }, id) => data.some(({ who }) => who === id),
  },
  {
    name: "ban of a pattern",
    create: (id) => json("POST", "/banned", { as: "username_re", who: `^${id}$` }),
    created: 200,
    taken: 400,
    remove: (id) => json("DELETE", `/banned/username_re/%5E${id}%24`),
    list: json("GET", "/banned?limit=10000"),
    isListed: ({ data }: { data: Rows }, id) => data.some(({ who }) => who === `^${id}$`),
  },
  {
    name: "counted topic",
    create: (id) => json("POST", "/mqtt/topic_metrics", { topic: id }),
    created: 200,
    taken: 400,
    remove: (id) => json("DELETE", `/mqtt/topic_metrics/${id}`),
    read: (id) => json("GET", `/mqtt/topic_metrics/${id}`),
    list: json("GET", "/mqtt/topic_metrics"),
    isListed: (list: Rows, id) => list.some(({ topic }) => topic === id),
  },
  {
    name: "retained message",
    create: (id) => json("POST", "/publish", { topic: id, payload: "kept", retain: true, qos: 1 }),
    created: 202,
    remove: (id) => json("DELETE", `/mqtt/retainer/message/${id}`),
    read: (id) => json("GET", `/mqtt/retainer/message/${id}`),
    list: json("GET", "/mqtt/retainer/messages?limit=10000"),
    isListed: ({ data }: { data: Rows }, id) => data.some(({ topic }) => topic === id),
  },
  {
    name: "delayed message",
    create: (id) => json("POST", "/publish", { topic: `$delayed/3600/${id}`, payload: "later" }),
    created: 202,
    remove: (id) => json("DELETE", `/mqtt/delayed/messages/${id}`),
    list: json("GET", "/mqtt/delayed/messages?limit=10000"),
    isListed: ({ data }: { data: Rows }, id) => data.some(({ topic }) => topic === id),
  },
];

/** One thing, that one lane alone creates and removes, with what should be so by the answers. */
export class Thing {
  readonly kind: Kind;
  readonly id: string;
  expected: Expected = "gone";
  /** The last answer that told its secret, if that may still be valid. */
  made: CallAnswer | undefined;
  /** Whether the secret may have been renewed since, without an answer. */
  renewed = false;

  constructor(kind: Kind, id: string) {
    this.kind = kind;
    this.id = id;
  }

  /** Takes note of the answer to its creation; returns what is wrong with it. */
  afterCreate(answer: CallAnswer): string | undefined {
    const { created, taken } = this.kind;
    const before = this.expected;
    if (answer.status >= 500) {
      if (before === "gone") this.#become("unknown");
      if (before !== "there") this.made = undefined;
      return undefined;
    }
    if (answer.status === created) {
      this.made = answer;
      this.renewed = false;
      this.#become("there");
      return before === "there" && taken ? "is created though it is there" : undefined;
    }
    if (answer.status !== taken) return `its creation is answered with ${answer.status}`;
    if (before !== "there") this.made = undefined;
    this.#become("there");
    return before === "gone" ? "is said to be there, and was not before this call" : undefined;
  }

  afterRemove({ status }: CallAnswer): string | undefined {
    const before = this.expected;
    if (status >= 500) return void (before === "there" && this.#become("unknown"));
    if (status !== 204 && status !== 404) return `its removal is answered with ${status}`;
    this.#become("gone");
    if (status === 204) return before === "gone" ? "is removed though it is gone" : undefined;
    return before === "there" ? "is said to be unknown, and was there before this call" : undefined;
  }

  /** The secret before a renewal stays valid for a while, also if nobody knows of the renewal; the one before that does not. */
  afterRenewal(answer: CallAnswer): string | undefined {
    if (answer.status === 200) {
      this.made = answer;
      this.renewed = false;
    } else if (answer.status >= 500) {
      if (this.renewed) this.made = undefined;
      this.renewed = true;
    } else return `its rotation is answered with ${answer.status}`;
    return undefined;
  }

  afterRead({ status }: CallAnswer): string | undefined {
    if (status >= 500 || this.expected === "unknown") return undefined;
    return status === (this.expected === "there" ? 200 : 404)
      ? undefined
      : `${this.expected === "there" ? "is there" : "is gone"}, and is answered with ${status}`;
  }

  #become(expected: Expected): void {
    this.expected = expected;
  }
}
