import { setImmediate as nextTurn } from "node:timers/promises";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { inProcessClient } from "../../../infra/local/in-process-client.ts";
import { readCredentials } from "../../../lib/auth/credentials.ts";
import { matchesHash } from "../../../lib/auth/secret-hash.ts";
import { authenticate } from "../../../lib/http/authenticate.ts";
import { HttpError } from "../../../lib/http/http-error.ts";
import type { Middleware } from "../../../lib/http/http-request.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { DashboardUsers } from "../../../lib/store/dashboard-users.ts";
import type { TestApi } from "../../support/test-api.ts";
import { type Attempt, isRight, makeKeyAttempt, makeTokenAttempt } from "./attempts.ts";
import type { Mutations } from "./mutations.ts";
import type { Subjects } from "./subjects.ts";

type Before = NonNullable<Middleware["before"]>;

/**
 * Attempts without HTTP, of which a million takes minutes: tokens are given to the very middleware that asks who calls;
 * keys and secrets to the pieces of it, without the slow hash that each refusal is meant to cost.
 */
export class InProcess {
  readonly failures: string[] = [];
  tokens = 0;
  keys = 0;
  readonly #subjects: Subjects;
  readonly #apiKeys: ApiKeys;
  readonly #before: Before;

  constructor({ local }: TestApi, subjects: Subjects) {
    const database = { ...local.database, client: inProcessClient(local.changes) };
    this.#subjects = subjects;
    this.#apiKeys = new ApiKeys(database);
    const identities = { apiKeys: this.#apiKeys, users: new DashboardUsers(database) };
    const { before } = authenticate(() => identities);
    if (!before) throw new Error("Nobody is asked who calls");
    this.#before = before;
  }

  /** What is right gets in, so that a refusal means something. */
  async rightOnes(): Promise<void> {
    for (const token of this.#subjects.tokens) {
      if (!(await this.#letsIn(`Bearer ${token}`)))
        this.failures.push(`a token that is valid is refused: ${token}`);
    }
  }

  /** Makes so many attempts, if the time allows; what is right after all is none. */
  async run(attempts: number, random: Mutations, isOver: () => boolean): Promise<void> {
    for (let n = 0; this.tokens + this.keys < attempts && !isOver(); n += 1) {
      if (n % 1_000 === 0) await nextTurn();
      const isKey = n % 4 === 0;
      const attempt = (isKey ? makeKeyAttempt : makeTokenAttempt)(this.#subjects, random);
      if (isRight(attempt.header, this.#subjects)) continue;
      if (isKey) await this.#tryKey(attempt);
      else await this.#tryToken(attempt);
    }
  }

  async #tryToken({ kind, header }: Attempt): Promise<void> {
    this.tokens += 1;
    if (await this.#letsIn(header)) this.failures.push(`${kind}: let in, with ${JSON.stringify(header)}`);
  }

  /** Whether a header lets somebody in. Any failure but a 401 is thrown. */
  async #letsIn(header: string): Promise<boolean> {
    const event = { multiValueHeaders: { authorization: [header] } } as Partial<APIGatewayProxyEvent>;
    const request = { event, internal: { operation: { route: "GET /cluster" } } };
    try {
      await this.#before(request as unknown as Parameters<Before>[0]);
      return true;
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) return false;
      throw new Error(`${JSON.stringify(header)} is answered with a failure`, { cause: error });
    }
  }

  async #tryKey({ kind, header }: Attempt): Promise<void> {
    this.keys += 1;
    const given = readCredentials(header);
    if (given.scheme !== "basic" || "malformed" in given) return;
    const key = await this.#apiKeys.get(given.api_key);
    if (key?.secret_hash.startsWith("sha256") && (await matchesHash(given.secret, key.secret_hash))) {
      this.failures.push(`${kind}: a changed key or secret is right: ${header}`);
    }
  }
}
