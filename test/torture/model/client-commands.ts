import { Command, connected, expectThat } from "./command.ts";
import type { Connecting, Leaving } from "./model.ts";

const free = (id: string) => (model: { isBanned(id: string): boolean }) => !model.isBanned(id);

/** How mqtt.js is told to end a connection. */
const disconnecting = { politely: {}, "with will": { reasonCode: 4 } } as const;

/** The client connects, in place of a connection that it has. */
export const connect = (id: string, how: Connecting) =>
  new Command(`connect ${id} ${JSON.stringify(how)}`, {
    possible: free(id),
    model: (model) => model.connect(id, how),
    real: async (world, present: boolean) => {
      const client = await world.connect(id, how);
      expectThat(`session present of ${id}`, present, client?.sessionPresent);
    },
  });

export const connectBanned = (id: string, how: Connecting) =>
  new Command(`connect banned ${id}`, {
    possible: (model) => !free(id)(model),
    model: () => {},
    real: async (world) => expectThat(`${id} is let in`, undefined, await world.connect(id, how)),
  });

export const disconnect = (id: string, how: Leaving) =>
  new Command(`disconnect ${id} ${how}`, {
    // Before MQTT 5 nobody can ask for the will.
    possible: (model) =>
      connected(id)(model) && (how !== "with will" || model.sessions.get(id)?.version === 5),
    model: (model) => model.disconnect(id, how),
    real: async (world) => {
      const { mqtt } = world.client(id);
      if (how === "at once") mqtt.stream.destroy();
      else await mqtt.endAsync(false, disconnecting[how]);
    },
  });

/** The client leaves, and lets its session expire a second later. */
export const expire = (id: string, how: "politely" | "with will") =>
  new Command(`expire ${id} ${how}`, {
    possible: (model) => {
      const { connected = false, version, expiry } = model.sessions.get(id) ?? {};
      return connected && version === 5 && expiry !== 0;
    },
    model: (model) => model.expire(id, how),
    real: async (world) => {
      // What is said of the session until it has expired is no difference.
      const properties = { sessionExpiryInterval: 1 };
      await world.client(id).mqtt.endAsync(false, { ...disconnecting[how], properties } as object);
    },
  });

export const kick = (id: string) =>
  new Command(`kick ${id}`, {
    model: (model) => model.kick(id),
    real: async (world, known: boolean) => {
      const { status } = await world.call("DELETE", `/clients/${id}`);
      expectThat("status of kick", known ? 204 : 404, status);
    },
  });

export const restart = (how: "SIGINT" | "SIGKILL") =>
  new Command(`restart by ${how}`, {
    // Of two wills that are retained, either may be the last.
    possible: ({ wills }) => {
      const retained = wills.filter(({ retain }) => retain).map(({ topic }) => topic);
      return new Set(retained).size === retained.length;
    },
    model: (model) => model.restart(),
    real: (world) => world.restart(how),
  });
