import { setTimeout as wait } from "node:timers/promises";
import type { IClientOptions, MqttClient } from "mqtt";
import { type Accepted, accepted } from "./accepted.ts";
import { type Difference, differences } from "./difference.ts";
import { observe, observedList } from "./normalise.ts";
import { SentFields } from "./sent-fields.ts";
import type { Answer, Caller, Received, Request, Target } from "./target.ts";

/** A request that was played to both servers, and what came of it. */
export interface Finding {
  scenario: string;
  request: Request;
  differences: Difference[];
  /** Why it may differ; `undefined` for what is not explained. */
  reasons?: string[] | undefined;
}

/** The same thing at both servers. */
export interface Both<Value> {
  reference: Value;
  ours: Value;
}

type Given = Omit<Request, "method" | "path">;

/** How long a change at the broker may take until it shows, and for how long nothing more may come, in milliseconds. */
const patience = 2_500;
const quiet = 300;

/** After which time EMQX tells counters of connections, in milliseconds. */
const countersAreTold = 20_000;

/** Plays the same to both servers, and keeps what differs. */
export class Comparison {
  readonly targets: Both<Target>;
  readonly findings: Finding[] = [];
  /** In how many observations something was set aside, by what it is. */
  readonly aside = new Map<string, number>();
  /** What EMQX's answers held. */
  readonly sent = new SentFields();
  /** Requests that were compared. */
  observations = 0;
  #scenario = "";
  #patience = patience;

  constructor(targets: Both<Target>, node: string) {
    this.targets = targets;
    this.node = node;
  }

  /** The name that the node has at both. */
  readonly node: string;

  /** Runs a scenario; its clients are gone afterwards. */
  async run(scenario: string, play: (comparison: Comparison) => Promise<void>): Promise<void> {
    this.#scenario = scenario;
    this.#patience = scenario === "generated" ? 0 : patience;
    await play(this);
    await this.each((target) => target.close());
  }

  /**
   * Asks both, for example `ask("GET /clients?limit=1")`. What depends on an earlier answer is a function of the
   * server. A GET whose answers differ is asked again for a while, because brokers tell late what happened.
   */
  readonly ask = async (
    line: string | ((target: Target, side: keyof Both<unknown>) => string),
    given: Given = {},
  ): Promise<Both<Answer>> => {
    const requestOf = (side: keyof Both<unknown>): Request => {
      const text = typeof line === "string" ? line : line(this.targets[side], side);
      const [method = "", path = ""] = splitOnce(text);
      return { method, path, ...given };
    };
    const request = { reference: requestOf("reference"), ours: requestOf("ours") };
    const patient = given.exact ? countersAreTold : this.#patience;
    const until = Date.now() + (request.ours.method === "GET" ? patient : 0);
    for (;;) {
      const answers = await this.each((target, side) => target.call(request[side]));
      const { status, json } = answers.reference;
      this.sent.note(request.reference.method, request.reference.path, status, json);
      const seen = [
        observe(answers.reference, request.reference),
        observe(answers.ours, request.ours),
      ] as const;
      const found = differences(seen[0].observation, seen[1].observation);
      const reasons = found.length > 0 ? reasonsOf(request.ours, answers, found) : undefined;
      if (found.length === 0 || reasons !== undefined || Date.now() > until) {
        this.#keep(request.ours, found, reasons);
        for (const { what } of new Set(seen.flatMap(({ aside }) => aside))) count(this.aside, what);
        return answers;
      }
      await wait(100);
    }
  };

  /** Notes what a scenario saw in another way than by an answer, for example what clients received. */
  readonly same = (what: string, { reference, ours }: Both<unknown>): void => {
    this.#keep({ method: "seen:", path: what }, differences(reference, ours), undefined);
  };

  /** Compares what there is to see at both, as soon as it changes no more. */
  readonly see = async (what: string, look: (target: Target) => unknown): Promise<void> => {
    const until = Date.now() + patience;
    let [last, since] = ["", Date.now()];
    for (;;) {
      const seen = structuredClone(await this.each(async (target) => look(target)));
      if (JSON.stringify(seen) !== last) [last, since] = [JSON.stringify(seen), Date.now()];
      const isSettled = Date.now() - since > quiet && differences(seen.reference, seen.ours).length === 0;
      if (isSettled || Date.now() > until) return this.same(what, seen);
      await wait(50);
    }
  };

  /**
   * Compares the messages that a client received since the last time, in their order within a topic; or those that
   * several clients received together, in any order.
   */
  readonly inbox = async (clientids: string | readonly string[], what: string): Promise<void> => {
    const all = (target: Target) => [clientids].flat().map((clientid) => target.received(clientid));
    const look = (target: Target) =>
      typeof clientids === "string"
        ? target.received(clientids).toSorted(byTopic)
        : all(target).flat().map(withoutProperties).toSorted(byContent);
    await this.see(`what ${clientids} received ${what}`, look);
    await this.each(async (target) => {
      for (const received of all(target)) received.splice(0);
    });
  };

  /** Compares what all pages of a list hold together, and their `meta`; `path` has a query. */
  readonly walk = async (path: string): Promise<void> => {
    this.same(`all pages of ${path}`, await this.each((target) => pagesOf(target, path)));
  };

  /** Compares how a client's attempt to connect ends. */
  readonly attempt = async (what: string, clientid: string, options: IClientOptions = {}): Promise<void> => {
    this.same(what, await this.each((target) => outcomeOf(target, clientid, options)));
  };

  /** Connects a client to both. */
  readonly connect = (clientid: string, options: IClientOptions = {}): Promise<Both<MqttClient>> =>
    this.each((target) => target.connect(clientid, options));

  /** Does something with a client of both. */
  readonly as = <Result>(
    clientid: string,
    act: (client: MqttClient) => Promise<Result>,
  ): Promise<Both<Result>> => this.each((target) => act(target.client(clientid)));

  readonly each = async <Result>(
    act: (target: Target, side: keyof Both<unknown>) => Promise<Result>,
  ): Promise<Both<Result>> => {
    const [reference, ours] = await Promise.all([
      act(this.targets.reference, "reference"),
      act(this.targets.ours, "ours"),
    ]);
    return { reference, ours };
  };

  #keep(request: Request, found: Difference[], reasons: string[] | undefined): void {
    this.observations += 1;
    if (found.length > 0) {
      this.findings.push({ scenario: this.#scenario, request, differences: found, reasons });
    }
  }
}

const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

/** The reasons of the rules that explain all differences together. */
function reasonsOf(request: Request, answers: Both<Answer>, found: Difference[]): string[] | undefined {
  const explains = (rule: Accepted, difference: Difference) => rule.holds({ request, answers, difference });
  const rules = found.map((difference) => accepted.find((rule) => explains(rule, difference)));
  const reasons = rules.flatMap((rule) => (rule ? [rule.reason] : []));
  return reasons.length === found.length ? [...new Set(reasons)] : undefined;
}

async function outcomeOf(target: Target, clientid: string, options: IClientOptions): Promise<string> {
  try {
    await target.connect(clientid, options);
    return "connected";
  } catch (error) {
    return `refused: ${(error as { code?: unknown }).code ?? (error as Error).message}`;
  }
}

/** Only clients of MQTT 5 see properties. */
const withoutProperties = ({ properties, ...message }: Received) => message;

const byContent = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b));
const byTopic = (a: Received, b: Received) => a.topic.localeCompare(b.topic) || a.qos - b.qos;

async function pagesOf(target: Target, path: string): Promise<object> {
  const rows: unknown[] = [];
  const metas: object[] = [];
  for (let page = 1; ; page += 1) {
    const { json } = await target.call({ method: "GET", path: `${path}&page=${page}` });
    if (json.data.length === 0) return { rows: observedList(rows), metas };
    const { hasnext, count, ...meta } = json.meta;
    rows.push(...json.data);
    // Of some lists EMQX knows the count only when it has come to the end, which it cannot tell from a full page.
    metas.push(json.data.length === meta.limit ? meta : { ...meta, count });
  }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
}

export type { Caller };
