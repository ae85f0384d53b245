import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { Command } from "./command.ts";
import type { Connecting, Message, Model, Qos } from "./model.ts";
import { filters, ids, topics } from "./topics.ts";

const connected = (id: string) => (model: Model) => model.sessions.get(id)?.connected === true;
const free = (id: string) => (model: Model) => !model.isBanned(id);

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

type BanKind = "clientid" | "clientid_re";

const ban = (as: BanKind, who: string) =>
  new Command(`ban ${as} ${who}`, {
    model: (model) => model.ban(as, who),
    real: async (world, isNew: boolean) => {
      const { status } = await world.call("POST", "/banned", { as, who });
      expectThat("status of ban", isNew ? 200 : 400, status);
    },
  });

const unban = (as: BanKind, who: string) =>
  new Command(`unban ${as} ${who}`, {
    model: (model) => model.unban(as, who),
    real: async (world, known: boolean) => {
      const { status } = await world.call("DELETE", `/banned/${as}/${encodeURIComponent(who)}`);
      expectThat("status of unban", known ? 204 : 404, status);
    },
  });

/** The client leaves, and lets its session expire a second later. */
const expire = (id: string) =>
  new Command(`expire ${id}`, {
    possible: (model) => {
      const { connected = false, version, expiry } = model.sessions.get(id) ?? {};
      return connected && version === 5 && expiry !== 0;
    },
    model: (model) => model.sessions.delete(id),
    real: async (world) => {
      // What is said of the session until it has expired is no difference.
      await world.client(id).mqtt.endAsync(false, { properties: { sessionExpiryInterval: 1 } } as object);
    },
  });

/** The message is held back for a second; everything else waits for it. */
const delay = (topic: string, payload: string) =>
  new Command(`delay ${topic} ${payload}`, {
    model: (model) => model.publish({ topic, payload, qos: 1, retain: false }),
    real: async (world) => {
      const message = { topic: `$delayed/1/${topic}`, payload, qos: 1 };
      const { status } = await world.call("POST", "/publish", message);
      expectThat("status of a delayed message", 202, status);
      const held = async () => (await world.call("GET", "/mqtt/delayed/messages")).json.data.length;
      while ((await held()) > 0) await sleep(50);
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
const bans = fc.oneof(
  id.map((who) => ["clientid" as const, who] as const),
  fc.constantFrom("^c[12]$", "3").map((who) => ["clientid_re" as const, who] as const),
);
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
    bans.map(([as, who]) => ban(as, who)),
    bans.map(([as, who]) => unban(as, who)),
    id.map(expire),
    fc.tuple(fc.constantFrom(...topics), fc.nat(999)).map(([topic, n]) => delay(topic, `d${n}`)),
    fc.tuple(id, how).map((it) => connectBanned(...it)),
    fc.constantFrom("SIGINT" as const, "SIGKILL" as const).map(restart),
  ],
  { maxCommands: 40, size: "max" },
);
