import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Message, Model, ModelSession } from "./model.ts";
import type { World } from "./world.ts";

/** How long the registry may take to follow the broker, in milliseconds. */
const patience = 5_000;

type Shown = Record<string, unknown>;

/**
 * Compares what is shown with the model, until both agree; fails with what differs. Who has got a copy of which the model
 * leaves open who gets it is taken from what is shown.
 */
export async function compare(model: Model, world: World): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const shown = await actual(model, world);
    let lines: string[] = [];
    for (const _ of model.choices()) {
      lines = differences(expected(model), arranged(shown, model));
      if (lines.length === 0) return;
    }
    if (Date.now() > deadline) throw new Error(lines.join("\n"));
    await sleep(15);
  }
}

function differences(wanted: Shown, found: Shown): string[] {
  return Object.keys(wanted)
    .filter((name) => !isDeepStrictEqual(wanted[name], found[name]))
    .map((name) => `${name}: expected ${text(wanted[name])}, found ${text(found[name])}`);
}

const text = (value: unknown) => JSON.stringify(value);

function expected({ sessions, banned, patterns, retained }: Model): Shown {
  const all = [...sessions];
  const subscriptions = all.flatMap(([id, { subscriptions }]) =>
    [...subscriptions].map((it) => [id, ...it].join(" ")),
  );
  const shown: Shown = {
    clients: all.map(([id, session]) => `${id} ${describe(session)}`).sort(),
    "count of clients": all.length,
    subscriptions: subscriptions.sort(),
    "count of subscriptions": subscriptions.length,
    topics: [...new Set(all.flatMap(([, session]) => [...session.subscriptions.keys()]))].sort(),
    banned: [...banned, ...patterns].sort(),
    retained: [...retained.keys()].sort(),
  };
  for (const [id, session] of all) {
    if (session.connected) {
      shown[`received by ${id}`] = session.inbox.flatMap((part) => part.map(line).sort());
      shown[`in flight to ${id}`] = [];
    } else shown[`waiting for ${id}`] = session.waiting.flatMap((part) => part.map(shortly).sort());
  }
  return shown;
}

function describe({ connected, version, clean, expiry, subscriptions }: ModelSession): string {
  return [connected, version, clean, expiry, subscriptions.size].join(" ");
}

const line = ({ topic, payload, qos, retain }: Message) => `${topic} ${payload} ${qos} ${retain}`;

async function actual({ sessions }: Model, world: World): Promise<Shown> {
  const get = async (path: string) => (await world.call("GET", path)).json;
  const clients = await get("/clients?limit=1000");
  const subscriptions = await get("/subscriptions?limit=1000");
  const shown: Shown = {
    clients: clients.data.map(describeShown).sort(),
    "count of clients": clients.meta.count,
    subscriptions: subscriptions.data.map((it: Shown) => `${it.clientid} ${it.topic} ${it.qos}`).sort(),
    "count of subscriptions": subscriptions.meta.count,
    topics: (await get("/topics?limit=1000")).data.map(({ topic }: Shown) => topic).sort(),
    banned: (await get("/banned")).data.map(({ who }: Shown) => who).sort(),
    retained: (await get("/mqtt/retainer/messages?limit=1000")).data.map(({ topic }: Shown) => topic).sort(),
  };
  for (const [id, session] of sessions) {
    if (session.connected) {
      shown[`received by ${id}`] = (world.clients.get(id)?.received ?? []).map(line);
      shown[`in flight to ${id}`] = (await get(`/clients/${id}/inflight_messages`)).data?.map(shortly);
    } else {
      const { data } = await get(`/clients/${id}/mqueue_messages?limit=1000`);
      shown[`waiting for ${id}`] = data?.map(shortly) ?? [];
    }
  }
  return shown;
}

/** What is shown, with messages sorted whose order the model leaves open. */
function arranged(shown: Shown, { sessions }: Model): Shown {
  const sorted = { ...shown };
  for (const [id, { inbox, waiting }] of sessions) {
    for (const [name, parts] of [
      [`received by ${id}`, inbox],
      [`waiting for ${id}`, waiting],
    ] as const) {
      if (name in shown) sorted[name] = inParts(shown[name] as string[], parts);
    }
  }
  return sorted;
}

const describeShown = (it: Shown) =>
  [it.clientid, it.connected, it.proto_ver, it.clean_start, it.expiry_interval, it.subscriptions_cnt].join(
    " ",
  );

const shortly = ({ topic, qos }: Pick<Message, "topic" | "qos">) => `${topic} ${qos}`;

/** Lines of messages, sorted within the parts whose order is open. */
function inParts(lines: readonly string[], parts: readonly Message[][]): string[] {
  const left = [...lines];
  return [...parts.flatMap(({ length }) => left.splice(0, length).sort()), ...left];
}
