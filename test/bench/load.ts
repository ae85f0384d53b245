import { Agent, request as send } from "node:http";

/** A request that is sent over and over. */
export interface LoadRequest {
  method: string;
  /** Below `/api/v5`, encoded, with its query. */
  path: string;
  body?: unknown;
}

export interface LoadTarget {
  /** Without `/api/v5`. */
  base: string;
  /** `<API key>:<secret key>` */
  key: string;
}

export interface Load {
  /** Of each answer, in milliseconds. */
  latencies: number[];
  /** How long it was measured, in milliseconds. */
  elapsed: number;
  bytes: number;
}

/** Sends requests over connections that are kept, the next one on each as soon as the last one is answered. */
export class LoadGenerator {
  readonly #target: LoadTarget;
  readonly #concurrency: number;
  readonly #agent: Agent;

  constructor(target: LoadTarget, concurrency: number) {
    this.#target = target;
    this.#concurrency = concurrency;
    this.#agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  }

  /** Keeps it up for so many milliseconds. An answer that is no success ends it. */
  async run(request: LoadRequest, milliseconds: number): Promise<Load> {
    const latencies: number[] = [];
    let bytes = 0;
    const begin = performance.now();
    const worker = async () => {
      while (performance.now() - begin < milliseconds) {
        const sent = performance.now();
        const answer = await this.call(request);
        if (answer.status >= 300) throw new Error(`${request.path} was answered with ${answer.status}`);
        latencies.push(performance.now() - sent);
        bytes += answer.bytes;
      }
    };
    await Promise.all(Array.from({ length: this.#concurrency }, worker));
    return { latencies, elapsed: performance.now() - begin, bytes };
  }

  /** Sends one request, and reads its answer to the end. */
  call({ method, path, body }: LoadRequest): Promise<{ status: number; bytes: number; text: string }> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Basic ${btoa(this.#target.key)}`,
      accept: "application/json",
      ...(text !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent };
      const sent = send(`${this.#target.base}/api/v5${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const read = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, bytes: read.length, text: read.toString() });
        });
      });
      sent.on("error", (error) => {
        // A server may end a connection that was not used for a while, just when it is used again.
        if (sent.reusedSocket) resolve(this.call({ method, path, body }));
        else reject(error);
      });
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
