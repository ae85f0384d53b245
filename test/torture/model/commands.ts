import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { compare } from "./divergence.ts";
import type { Connecting, Message, Model, Qos } from "./model.ts";
import { filters, ids, topics } from "./topics.ts";
import type { World } from "./world.ts";

/** What one command does to the model, and to the program. */
interface Doing {
  possible?: (model: Model) => boolean;
  model: (model: Model) => unknown;
  /** Given what the model returned. */
  real: (world: World, outcome: never) => Promise<void>;
}

/** A command: it is done to both, and then everything that is shown must agree. */
class Command implements fc.AsyncCommand<Model, World> {
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
    const outcome = this.#doing.model(model);
    await inTime(this.#text, this.#doing.real(world, outcome as never));
    await compare(model, world);
    world.note(this.#text);
  }

  toString(): string {
    return this.#text;
  }
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

const connected = (id: string) => (model: Model) => model.sessions.get(id)?.connected === true;
const free = (id: string) => (model: Model) => !model.banned.has(id);

function expectThat(what: string, wanted: unknown, found: unknown): void {
  if (wanted !== found) throw new Error(`${what}: expected ${wanted}, found ${found}`);
}

const connect = (id: string, how: Connecting) =>
  new Command(`connect ${id} ${JSON.stringify(how)}`, {
    possible: free(id),
    model: (model) => model.connect(id, how),
    real: async (world, present: boolean) => {
      const client = await world.connect(id, how);
      expectThat(`session present of ${id}`, present, client?.sessionPresent);
    },
  });

const connectBanned = (id: string, how: Connecting) =>
  new Command(`connect banned ${id}`, {
    possible: (model) => !free(id)(model),
    model: () => {},
    real: async (world) => expectThat(`${id} is let in`, undefined, await world.connect(id, how)),
  });

const disconnect = (id: string, how: "politely" | "at once") =>
  new Command(`disconnect ${id} ${how}`, {
    possible: connected(id),
    model: (model) => model.disconnect(id),
    real: async (world) => {
      const { mqtt } = world.client(id);
      if (how === "politely") await mqtt.endAsync();
      else mqtt.stream.destroy();
    },
  });

const subscribe = (id: string, filter: string, qos: Qos) =>
  new Command(`subscribe ${id} ${filter} qos ${qos}`, {
    possible: connected(id),
    model: (model) => model.subscribe(id, filter, qos),
    real: async (world) => {
      const [granted] = await world.client(id).mqtt.subscribeAsync(filter, { qos });
      expectThat("granted QoS", qos, granted?.qos);
    },
  });

const unsubscribe = (id: string, filter: string) =>
  new Command(`unsubscribe ${id} ${filter}`, {
    possible: connected(id),
    model: (model) => model.unsubscribe(id, filter),
    real: async (world) => void (await world.client(id).mqtt.unsubscribeAsync(filter)),
  });

const publish = (id: string, message: Message) =>
  new Command(`publish ${id} ${JSON.stringify(message)}`, {
    possible: connected(id),
    model: (model) => model.publish(message),
    real: async (world) => {
      const { topic, payload, qos, retain } = message;
      await world.client(id).mqtt.publishAsync(topic, payload, { qos, retain });
    },
  });

const publishByApi = (message: Message) =>
  new Command(`publish by API ${JSON.stringify(message)}`, {
    model: (model) => model.publish(message),
    real: async (world, taken: boolean) => {
      const { status } = await world.call("POST", "/publish", message);
      expectThat("status of publish", taken ? 200 : 202, status);
    },
  });

const kick = (id: string) =>
  new Command(`kick ${id}`, {
    model: (model) => model.kick(id),
    real: async (world, known: boolean) => {
      const { status } = await world.call("DELETE", `/clients/${id}`);
      expectThat("status of kick", known ? 204 : 404, status);
    },
  });

const ban = (id: string) =>
  new Command(`ban ${id}`, {
    possible: free(id),
    model: (model) => {
      model.banned.add(id);
      model.kick(id);
    },
    real: async (world) => {
      const { status } = await world.call("POST", "/banned", { as: "clientid", who: id });
      expectThat("status of ban", 200, status);
    },
  });

const unban = (id: string) =>
  new Command(`unban ${id}`, {
    model: (model) => model.banned.delete(id),
    real: async (world, known: boolean) => {
      const { status } = await world.call("DELETE", `/banned/clientid/${id}`);
      expectThat("status of unban", known ? 204 : 404, status);
    },
  });

const subscribeByApi = (id: string, topic: string, qos: Qos) =>
  new Command(`subscribe by API ${id} ${topic} qos ${qos}`, {
    model: (model) => {
      model.subscribe(id, topic, qos);
      return model.sessions.has(id);
    },
    real: async (world, known: boolean) => {
      const { status } = await world.call("POST", `/clients/${id}/subscribe`, { topic, qos });
      expectThat("status of subscribe", known ? 200 : 404, status);
    },
  });

const unsubscribeByApi = (id: string, topic: string) =>
  new Command(`unsubscribe by API ${id} ${topic}`, {
    model: (model) => {
      model.unsubscribe(id, topic);
      return model.sessions.has(id);
    },
    real: async (world, known: boolean) => {
      const { status } = await world.call("POST", `/clients/${id}/unsubscribe`, { topic });
      expectThat("status of unsubscribe", known ? 204 : 404, status);
    },
  });

const restart = (how: "SIGINT" | "SIGKILL") =>
  new Command(`restart by ${how}`, {
    model: (model) => model.restart(),
    real: (world) => world.restart(how),
  });

const id = fc.constantFrom(...ids);
const filter = fc.constantFrom(...filters);
const qos = fc.constantFrom<Qos>(0, 1, 2);
const how: fc.Arbitrary<Connecting> = fc.oneof(
  fc.boolean().map((clean) => ({ version: 4 as const, clean, expiry: clean ? 0 : 7_200 })),
  fc.record({ version: fc.constant(5 as const), clean: fc.boolean(), expiry: fc.constantFrom(0, 3_600) }),
);
const message: fc.Arbitrary<Message> = fc.record({
  topic: fc.constantFrom(...topics),
  payload: fc.oneof(
    { weight: 5, arbitrary: fc.nat(999).map((n) => `m${n}`) },
    { weight: 1, arbitrary: fc.constant("") },
  ),
  qos,
  retain: fc.boolean(),
});

/** Sequences of commands; what is done often comes often. */
export const sequences = fc.commands(
  [
    fc.tuple(id, how).map((it) => connect(...it)),
    fc.tuple(id, how).map((it) => connect(...it)),
    fc.tuple(id, filter, qos).map((it) => subscribe(...it)),
    fc.tuple(id, filter, qos).map((it) => subscribe(...it)),
    fc.tuple(id, message).map((it) => publish(...it)),
    message.map(publishByApi),
    fc.tuple(id, fc.constantFrom("politely" as const, "at once" as const)).map((it) => disconnect(...it)),
    fc.tuple(id, filter).map((it) => unsubscribe(...it)),
    fc.tuple(id, filter, qos).map((it) => subscribeByApi(...it)),
    fc.tuple(id, filter).map((it) => unsubscribeByApi(...it)),
    id.map(kick),
    id.map(ban),
    id.map(unban),
    fc.tuple(id, how).map((it) => connectBanned(...it)),
    fc.constantFrom("SIGINT" as const, "SIGKILL" as const).map(restart),
  ],
  { maxCommands: 40, size: "max" },
);
