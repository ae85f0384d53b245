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

/** The stream that a function writes its answer to. */
export class LambdaResponse extends Writable {
  head: AnswerHead | undefined;
  readonly #onHead: (head: AnswerHead) => Writable;
  #target: Writable | undefined;

  /** `onHead` is given status and headers as soon as they are known, and returns where the body goes. */
  constructor(onHead: (head: AnswerHead) => Writable) {
    super({ decodeStrings: false });
    this.#onHead = onHead;
  }

  begin(head: AnswerHead): void {
    this.head = head;
    this.#target = this.#onHead(head);
  }

  override _write(
    chunk: string | Buffer,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    if (!this.#target) throw new Error("A function wrote before it said status and headers");
    if (chunk.length === 0) done();
    else this.#pass(this.#target, chunk, encoding, done);
  }

  /** What fits into the buffer of the target does not wait until it has left, so that a short answer leaves at once. */
  #pass(
    target: Writable,
    chunk: string | Buffer,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    const goOn = () => {
      target.off("drain", goOn).off("close", goOn);
      done(target.destroyed ? new Error("The caller has gone") : null);
    };
    if (target.destroyed || target.write(chunk, encoding)) goOn();
    else target.on("drain", goOn).on("close", goOn);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#target) this.#target.end(done);
    else done();
  }
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
