import { repairClient } from "../../../lib/ingest/repair.ts";
import { send } from "./calls.ts";
import type { FaultsSetup } from "./setup.ts";
import type { Thing } from "./things.ts";

/** How long the registry may take to settle when all is well again, in milliseconds. */
const patience = 30_000;

/** What does not agree with the answers, or with itself, now that nothing is disturbed any more. */
export async function inconsistencies(setup: FaultsSetup, things: readonly Thing[]): Promise<string[]> {
  const settled = setup.registry.idle().then(() => true);
  const tooLate = new Promise<false>((resolve) => setTimeout(() => resolve(false), patience).unref());
  if (!(await Promise.race([settled, tooLate]))) return ["the registry does not settle by itself"];
  await repairHalfKicked(setup);
  const of = new Checks(setup);
  await of.things(things);
  await of.clients();
  await of.topics();
  await of.delayed();
  return of.found;
}

/** Who was to be kicked out is asked about again, as the schedule does on AWS: no event tells of what was cut off. */
async function repairHalfKicked(setup: FaultsSetup): Promise<void> {
  for (const id of setup.halfKicked) {
    if ((await repairClient(setup.registry, setup.real, id)) !== "right") setup.repaired += 1;
  }
  setup.halfKicked.clear();
  await setup.registry.idle();
}

class Checks {
  readonly found: string[] = [];
  readonly #setup: FaultsSetup;

  constructor(setup: FaultsSetup) {
    this.#setup = setup;
  }

  async #get(path: string, authorization?: string) {
    const { base, token } = this.#setup;
    const call = { method: "GET", path, ...(authorization !== undefined && { authorization }) };
    const answer = await send(base, token, call);
    if (answer.status >= 500)
      this.found.push(`GET ${path} is answered with ${answer.status} when all is well`);
    return answer;
  }

  /** What should be there is listed and readable; of what nobody knows, list and reading agree. */
  async things(things: readonly Thing[]): Promise<void> {
    for (const [list, same] of Map.groupBy(things, ({ kind }) => kind.list.path)) {
      const { json } = await this.#get(list);
      for (const thing of same) {
        const { kind, id, expected } = thing;
        const listed = kind.isListed(json, id);
        if (expected !== "unknown" && listed !== (expected === "there"))
          this.found.push(`${kind.name} ${id} should be ${expected}, and is ${listed ? "" : "not "}listed`);
        if (kind.read) {
          const { status } = await this.#get(kind.read(id).path);
          if (status !== (listed ? 200 : 404))
            this.found.push(
              `${kind.name} ${id} is ${listed ? "" : "not "}listed, and reading it is a ${status}`,
            );
        }
        await this.#secret(thing, listed);
        thing.expected = listed ? "there" : "gone";
      }
    }
  }

  /** A key works as long as it is there, and no longer. */
  async #secret({ kind, id, made, expected }: Thing, listed: boolean): Promise<void> {
    if (kind.name !== "API key" || !made?.json.api_secret || expected === "unknown") return;
    const { api_key, api_secret } = made.json;
    const { status } = await this.#get("/cluster", `Basic ${btoa(`${api_key}:${api_secret}`)}`);
    if (status !== (listed ? 200 : 401))
      this.found.push(`the secret of key ${id} is answered with ${status}`);
  }

  /** The registry shows what the broker has, and counts what it shows. */
  async clients(): Promise<void> {
    const { real, clients } = this.#setup;
    const { data, meta } = (await this.#get("/clients?limit=10000")).json;
    if (meta.count !== data.length)
      this.found.push(`${data.length} clients are listed, ${meta.count} are counted`);
    const shown = new Map<string, { connected: boolean; subscriptions_cnt: number }>(
      data.map((row: { clientid: string }) => [row.clientid, row]),
    );
    for (const id of new Set([...clients.keys(), ...shown.keys()])) {
      const session = await real.session(id);
      const row = shown.get(id);
      if (session?.connected !== row?.connected)
        this.found.push(`client ${id}: at the broker ${stateOf(session)}, in the list ${stateOf(row)}`);
      const { status } = await this.#get(`/clients/${id}`);
      if (status !== (row ? 200 : 404))
        this.found.push(`client ${id}: listed and not readable, or the reverse`);
      const held = (await real.subscriptions(id)).map(({ topic }) => topic).sort();
      const { json } = await this.#get(`/subscriptions?limit=10000&clientid=${id}`);
      const listed = json.data.map(({ topic }: { topic: string }) => topic).sort();
      if (`${held}` !== `${listed}`)
        this.found.push(`client ${id}: subscribed to [${held}] at the broker, to [${listed}] in the list`);
      if (row && row.subscriptions_cnt !== held.length)
        this.found.push(`client ${id}: ${held.length} subscriptions, ${row.subscriptions_cnt} counted`);
    }
  }

  /** The filters in use are those of the subscriptions. */
  async topics(): Promise<void> {
    const subscriptions = (await this.#get("/subscriptions?limit=10000")).json;
    if (subscriptions.meta.count !== subscriptions.data.length)
      this.found.push(`${subscriptions.data.length} subscriptions, ${subscriptions.meta.count} counted`);
    const topics = (await this.#get("/topics?limit=10000")).json;
    if (topics.meta.count !== topics.data.length)
      this.found.push(`${topics.data.length} topics, ${topics.meta.count} counted`);
    const used = [...new Set(subscriptions.data.map(({ topic }: { topic: string }) => topic))].sort();
    const listed = topics.data.map(({ topic }: { topic: string }) => topic).sort();
    if (`${used}` !== `${listed}`) this.found.push(`filters in use [${used}], listed [${listed}]`);
  }

  /** Every delayed message that is listed can be read. */
  async delayed(): Promise<void> {
    const { data } = (await this.#get("/mqtt/delayed/messages?limit=10000")).json;
    for (const { node, msgid } of data) {
      const { status } = await this.#get(`/mqtt/delayed/messages/${node}/${msgid}`);
      if (status !== 200) this.found.push(`a delayed message is listed, and reading it is a ${status}`);
    }
  }
}

const stateOf = (it: { connected: boolean } | undefined) =>
  it ? (it.connected ? "connected" : "away") : "unknown";
