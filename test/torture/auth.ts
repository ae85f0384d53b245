import { median } from "../bench/table.ts";
import { TestApi } from "../support/test-api.ts";
import { type Attempt, canBeSent, isRight, makeAttempt } from "./auth/attempts.ts";
import { InProcess } from "./auth/in-process.ts";
import { Mutations } from "./auth/mutations.ts";
import { rankTest } from "./auth/rank-test.ts";
import { makeSubjects, type Subjects } from "./auth/subjects.ts";
import { type BenchOptions, type BenchResult, timer } from "./bench.ts";
import { hangUp, sendRaw } from "./fuzz/send.ts";
import { quietLog } from "./quiet.ts";

/** Shares of the time: for attempts over HTTP, and for pairs of samples of the time that a refusal takes; the rest is for attempts without HTTP. */
const shares = { http: 0.2, timing: 0.1 };

/** Pairs of samples at most. */
const mostPairs = 300;

/** Attempts at the same time. */
const parallel = 16;

/**
 * Tries to get in with credentials that are nearly right, were right once, or are forged. Some are sent to the API over
 * HTTP, many more are tried without it.
 */
export async function auth({ seed, seconds, attempts = 20_000 }: BenchOptions): Promise<BenchResult> {
  const log = quietLog();
  const api = await TestApi.start();
  const subjects = await makeSubjects(api);
  const run = new AuthRun(api, subjects, new Mutations(seed));
  await run.rightOnes();
  await run.overHttp(attempts, timer(seconds * shares.http));
  // Connections that nobody uses meanwhile are closed by the server.
  hangUp();
  const inProcess = new InProcess(api, subjects);
  const begin = performance.now();
  await inProcess.rightOnes();
  await inProcess.run(attempts, new Mutations(seed + 1), timer(seconds * (1 - shares.http - shares.timing)));
  await inProcess.rightOnes();
  const elapsed = (performance.now() - begin) / 1_000;
  const timing = await run.timing(timer(seconds * shares.timing));
  await run.rightOnes();
  hangUp();
  await api.close();
  log.end();
  const { tokens, keys } = inProcess;
  const without = `${tokens + keys} attempts without HTTP in ${elapsed.toFixed(0)} s: ${tokens} tokens, ${keys} keys and secrets`;
  const failures = [...run.failures, ...inProcess.failures];
  return { name: "auth", lines: [...run.lines(), without, ...timing], failures };
}

class AuthRun {
  readonly failures: string[] = [];
  readonly #api: TestApi;
  readonly #subjects: Subjects;
  readonly #random: Mutations;
  readonly #kinds = new Map<string, number>();
  #spellings = 0;

  constructor(api: TestApi, subjects: Subjects, random: Mutations) {
    this.#api = api;
    this.#subjects = subjects;
    this.#random = random;
  }

  /** What is right gets in, so that a refusal means something. */
  async rightOnes(): Promise<void> {
    const { keys, tokens } = this.#subjects;
    const right = [
      ...keys.map(([key, secret]) => `Basic ${btoa(`${key}:${secret}`)}`),
      ...tokens.map((token) => `Bearer ${token}`),
    ];
    for (const header of right) {
      const { status } = await this.#send(header);
      if (status !== 200) this.failures.push(`right credentials are answered with ${status}: ${header}`);
    }
  }

  async overHttp(attempts: number, isOver: () => boolean): Promise<void> {
    let left = attempts;
    const lane = async () => {
      while (left > 0 && !isOver()) {
        const attempt = makeAttempt(this.#subjects, this.#random);
        if (!canBeSent(attempt.header)) continue;
        left -= 1;
        await this.#try(attempt);
      }
    };
    await Promise.all(Array.from({ length: parallel }, lane));
  }

  async #try({ kind, header }: Attempt): Promise<void> {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    const { status, bytes } = await this.#send(header);
    if (isRight(header, this.#subjects)) {
      this.#spellings += 1;
      return;
    }
    if (status === 401) return;
    this.failures.push(
      `${kind}: ${status} for curl -i -H ${JSON.stringify(`authorization: ${header}`)} …/api/v5/cluster ${bytes.toString().slice(0, 200)}`,
    );
  }

  #send(header: string) {
    const request = { method: "GET", path: "/cluster", as: "nobody", headers: {}, plain: true } as const;
    return sendRaw(this.#api.base, request, header);
  }

  /** How long refusals take: of a key that nobody has, and of a key with a wrong secret, in turn. */
  async timing(isOver: () => boolean): Promise<string[]> {
    const unknown: number[] = [];
    const wrong: number[] = [];
    for (let n = 0; n < mostPairs && !isOver(); n += 1) {
      const pair = [
        async () => unknown.push(await this.#refusalTime(`unknown-${n}`)),
        async () => wrong.push(await this.#refusalTime("aa")),
      ];
      for (const sample of n % 2 === 0 ? pair : pair.reverse()) await sample();
    }
    if (unknown.length < 3) return ["too little time to compare refusals"];
    const { p, greater } = rankTest(unknown, wrong);
    const verdict = p < 0.01 ? "they can be told apart here" : "no difference to be seen";
    return [
      `a refusal takes ${median(unknown).toFixed(1)} ms for an unknown key and ${median(wrong).toFixed(1)} ms for a wrong secret (medians of ${unknown.length}); Mann-Whitney U: p = ${p.toFixed(3)}, the first is longer in ${(greater * 100).toFixed(0)}% of pairs: ${verdict}`,
    ];
  }

  async #refusalTime(key: string): Promise<number> {
    const header = `Basic ${btoa(`${key}:wrong-Secret-0123456789`)}`;
    const begin = performance.now();
    await this.#send(header);
    return performance.now() - begin;
  }

  lines(): string[] {
    const total = [...this.#kinds.values()].reduce((sum, count) => sum + count, 0);
    const kinds = [...this.#kinds].map(([kind, count]) => `${kind} ${count}`);
    return [
      `${total} attempts over HTTP: ${kinds.join(", ")}`,
      `${this.#spellings} of them were other spellings of what is right`,
    ];
  }
}
