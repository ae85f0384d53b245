import { randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import type { LambdaFunction } from "../../lib/http/serve.ts";

/** Status and headers of a streamed answer. */
export interface AnswerHead {
  statusCode: number;
  headers?: Readonly<Record<string, string>>;
}

/**
 * Plays the global of Lambda's Node.js runtime that response streaming needs. To be called before a handler is
 * loaded.
 */
export function installLambdaRuntime(): void {
  const HttpResponseStream = {
    from(stream: LambdaResponse, head: AnswerHead) {
      stream.begin(head);
      return stream;
    },
  };
  Object.assign(globalThis, {
    awslambda: { streamifyResponse: (handler: unknown) => handler, HttpResponseStream },
  });
}

/** How much of an answer is taken in before its writer has to wait, in bytes. */
const bufferedBytes = 262_144;

/**
 * The stream that a function writes its answer to. An answer that is written at once leaves at once, and its length is
 * known before it leaves.
 */
export class LambdaResponse extends Writable {
  head: AnswerHead | undefined;
  readonly #onHead: (head: AnswerHead, length?: number) => Writable;
  /** What is written in the turn of the event loop in which the answer begins. */
  readonly #first: Buffer[] = [];
  #firstBytes = 0;
  #target: Writable | undefined;

  /**
   * `onHead` is given status and headers as soon as they are known, with the length of the body in bytes if all of it
   * is known then; it returns where the body goes.
   */
  constructor(onHead: (head: AnswerHead, length?: number) => Writable) {
    super({ highWaterMark: bufferedBytes });
    this.#onHead = onHead;
  }

  begin(head: AnswerHead): void {
    if (!Number.isInteger(head.statusCode)) throw new Error("A function named no status");
    this.head = head;
    setImmediate(() => {
      if (!this.#target && !this.destroyed) this.#open(head);
    });
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: Done): void {
    if (!this.head) throw new Error("A function wrote before it said status and headers");
    if (this.#target) {
      pass(this.#target, chunk, done);
      return;
    }
    this.#first.push(chunk);
    this.#firstBytes += chunk.length;
    if (this.#firstBytes < bufferedBytes) done();
    else this.#open(this.head, done);
  }

  override _final(done: Done): void {
    if (this.#target) {
      this.#target.end(done);
    } else if (this.head) {
      const body = Buffer.concat(this.#first);
      this.#target = this.#onHead(this.head, body.length);
      this.#target.end(body, done);
    } else {
      done();
    }
  }

  #open(head: AnswerHead, done: Done = () => {}): void {
    this.#target = this.#onHead(head);
    pass(this.#target, Buffer.concat(this.#first), done);
  }
}

type Done = (error?: Error | null) => void;

/** What fits into the buffer of the target does not wait until it has left. */
function pass(target: Writable, chunk: Buffer, done: Done): void {
  const goOn = () => {
    target.off("drain", goOn).off("close", goOn);
    done(target.destroyed ? new Error("The caller has gone") : null);
  };
  if (target.destroyed || target.write(chunk)) goOn();
  else target.on("drain", goOn).on("close", goOn);
}

/** Calls a function as Lambda does. */
export async function invoke(
  run: LambdaFunction,
  event: APIGatewayProxyEvent,
  response: LambdaResponse,
  timeout: number,
): Promise<void> {
  const deadline = Date.now() + timeout;
  await run(
    event,
    response,
    lambdaContext(() => deadline - Date.now()),
  );
}

function lambdaContext(getRemainingTimeInMillis: () => number): Context {
  const unsupported = () => {
    throw new Error("The callback style is not supported by Lambda's Node.js 24");
  };
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    functionName: "local",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:local:000000000000:function:local",
    logGroupName: "local",
    logStreamName: "local",
    memoryLimitInMB: "1024",
    getRemainingTimeInMillis,
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}
