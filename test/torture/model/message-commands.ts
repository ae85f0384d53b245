import { setTimeout as sleep } from "node:timers/promises";
import { Command, connected, expectThat } from "./command.ts";
import type { Message, Qos } from "./model.ts";

export const subscribe = (id: string, filter: string, qos: Qos) =>
  new Command(`subscribe ${id} ${filter} qos ${qos}`, {
    possible: connected(id),
    model: (model) => model.subscribe(id, filter, qos),
    real: async (world) => {
      const [granted] = await world.client(id).mqtt.subscribeAsync(filter, { qos });
      expectThat("granted QoS", qos, granted?.qos);
    },
  });

export const unsubscribe = (id: string, filter: string) =>
  new Command(`unsubscribe ${id} ${filter}`, {
    possible: connected(id),
    model: (model) => model.unsubscribe(id, filter),
    real: async (world) => void (await world.client(id).mqtt.unsubscribeAsync(filter)),
  });

export const publish = (id: string, message: Message) =>
  new Command(`publish ${id} ${JSON.stringify(message)}`, {
    possible: connected(id),
    model: (model) => model.publish(message),
    real: async (world) => {
      const { topic, payload, qos, retain } = message;
      await world.client(id).mqtt.publishAsync(topic, payload, { qos, retain });
    },
  });

export const publishByApi = (message: Message) =>
  new Command(`publish by API ${JSON.stringify(message)}`, {
    model: (model) => model.publish(message),
    real: async (world, taken: boolean) => {
      const { status } = await world.call("POST", "/publish", message);
      expectThat("status of publish", taken ? 200 : 202, status);
    },
  });

/** The message is held back for a second; everything else waits for it. */
export const delay = (topic: string, payload: string) =>
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

export const subscribeByApi = (id: string, topic: string, qos: Qos) =>
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

export const unsubscribeByApi = (id: string, topic: string) =>
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
