import { setTimeout as sleep } from "node:timers/promises";
import * as resources from "../../../functions/index.ts";
import type { Operation, Resource } from "../../../lib/contract/resource.ts";
import type { Target } from "../../compare/target.ts";
import type { Random } from "../random.ts";
import { type LoadCall, makeCall, type Names } from "./calls.ts";

/** Calls at the same time at most. */
const lanes = 16;

/** How often a dashboard user logs in and out, in milliseconds: each login costs a slow hash. */
const loginPause = 2_000;

const declared = Map.groupBy(
  Object.values<Resource>(resources).flatMap(({ operations }) => Object.entries<Operation>(operations)),
  ([name]) => name,
);

/** Calls the API at a rate, and checks that each answer is one that the operation declares, and no failure. */
export class Callers {
  readonly failures = new Map<string, number>();
  /** How many answers had which status. */
  readonly statuses = new Map<number, number>();
  /** In milliseconds, by the name of the operation. */
  readonly latencies = new Map<string, number[]>();
  calls = 0;
  readonly #target: Target;
  readonly #names: Names;
  readonly #random: Random;

  constructor(target: Target, names: Names, random: Random) {
    this.#target = target;
    this.#names = names;
    this.#random = random;
  }

  /** As many calls as there are answers. Returns how many that were in a second. */
  async atLimit(seconds: number): Promise<number> {
    const before = this.calls;
    const begin = performance.now();
    const end = begin + seconds * 1_000;
    const lane = async () => {
      while (performance.now() < end) await this.#call();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return (this.calls - before) / ((performance.now() - begin) / 1_000);
  }

  /** So many calls in a second, until it is over. Those that are late are made up for, as far as the lanes allow. */
  async atRate(rate: number, isOver: () => boolean): Promise<void> {
    const begin = performance.now();
    let made = 0;
    const lane = async () => {
      while (!isOver()) {
        const due = begin + (made / rate) * 1_000;
        made += 1;
        const wait = due - performance.now();
        if (wait > 1) await sleep(wait);
        await this.#call();
      }
    };
    await Promise.all([...Array.from({ length: lanes }, lane), this.#loginsAndLogouts(isOver)]);
  }

  async #call(): Promise<void> {
    await this.send(makeCall(this.#random, this.#names));
  }

  async send({ name, method, path, body, token }: LoadCall) {
    const begin = performance.now();
    const as = token ? "token" : "key";
    const answer = await this.#target.call({ method, path, as, ...(body !== undefined && { body }) });
    this.calls += 1;
    const latencies = this.latencies.get(name) ?? [];
    this.latencies.set(name, latencies);
    latencies.push(performance.now() - begin);
    this.#check(name, `${method} ${path}`, answer.status, answer.text);
    return answer;
  }

  async #loginsAndLogouts(isOver: () => boolean): Promise<void> {
    const { username, password } = this.#target.address;
    while (!isOver()) {
      const login = await this.#target.call({
        ...{ method: "POST", path: "/login", as: "nobody", body: { username, password } },
      });
      this.#check("login", "POST /login", login.status, login.text);
      const authorization = `Bearer ${login.json?.token}`;
      const logout = await this.#target.call({
        ...{ method: "POST", path: "/logout", as: { authorization }, body: { username } },
      });
      this.#check("logout", "POST /logout", logout.status, logout.text);
      await sleep(loginPause);
    }
  }

  #check(name: string, what: string, status: number, text: string): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const known = (declared.get(name) ?? []).some(
      ([, { answers, errors }]) => status in answers || status in (errors ?? {}),
    );
    if (known && status < 500) return;
    const failure = `${what.replaceAll(/\d+/g, "n")}: ${status} ${text.slice(0, 150)}`;
    this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
  }
}
