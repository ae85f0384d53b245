import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../random.ts";

/** What may happen to a request on its way, each with its probability. */
export interface DatabaseFaults {
  /** Refused as too much for now. */
  throttle: number;
  /** Answered with 500, nothing done. */
  error: number;
  /** The connection is reset, nothing done. */
  reset: number;
  /** Done, and the connection is reset before the answer: who asks again does it twice. */
  lost: number;
  /** Done, and answered with 500. */
  doneError: number;
  /** Done late. */
  late: number;
  /** Never answered, nothing done. */
  hang: number;
}

export const noDatabaseFaults: DatabaseFaults = {
  ...{ throttle: 0, error: 0, reset: 0, lost: 0, doneError: 0, late: 0, hang: 0 },
};

const exceptions = {
  throttle: { status: 400, name: "ProvisionedThroughputExceededException" },
  error: { status: 500, name: "InternalServerError" },
};

/** Stands in front of DynamoDB and disturbs what passes through. */
export class FlakyDatabase {
  readonly counts = new Map<keyof DatabaseFaults, number>();
  faults = noDatabaseFaults;
  /** How many requests passed through, disturbed or not. */
  requests = 0;
  readonly #random: Random;
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((request, response) => {
    this.#receive(request, response).catch(() => response.destroy());
  });

  static async start(target: string, random: Random): Promise<FlakyDatabase> {
    const flaky = new FlakyDatabase(target, random);
    flaky.#server.listen(0, "127.0.0.1");
    await once(flaky.#server, "listening");
    return flaky;
  }

  private constructor(target: string, random: Random) {
    this.#target = new URL(target);
    this.#random = random;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const body = await buffer(request);
    const fault = this.#draw();
    if (fault) this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    if (fault === "hang") return;
    if (fault === "reset") return void response.destroy();
    if (fault === "throttle" || fault === "error") return refuse(response, exceptions[fault]);
    if (fault === "late") await sleep(this.#random.number(150));
    const answer = await this.#forward(request, body);
    const text = await buffer(answer);
    if (fault === "lost") return void response.destroy();
    if (fault === "doneError") return refuse(response, exceptions.error);
    response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
  }

  #draw(): keyof DatabaseFaults | undefined {
    let left = this.#random.fraction();
    for (const [fault, probability] of Object.entries(this.faults)) {
      left -= probability;
      if (left < 0) return fault as keyof DatabaseFaults;
    }
    return undefined;
  }

  #forward({ headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { hostname: host, port } = this.#target;
    return new Promise((resolve, reject) => {
      send({ host, port, method: "POST", headers, agent: this.#agent }, resolve)
        .on("error", reject)
        .end(body);
    });
  }
}

function refuse(response: ServerResponse, { status, name }: { status: number; name: string }): void {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "disturbed" });
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
}
