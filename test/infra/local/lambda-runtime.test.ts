import { PassThrough, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { expect, test } from "vitest";
import { type AnswerHead, invoke, LambdaResponse } from "../../../infra/local/lambda-runtime.ts";
import type { LambdaFunction } from "../../../lib/http/serve.ts";

const { HttpResponseStream, streamifyResponse } = awslambda;

const event = { path: "/" } as APIGatewayProxyEvent;

/** Runs a function as Lambda does; returns the head of its answer and its body. */
async function answerOf(run: LambdaFunction): Promise<{ heads: AnswerHead[]; body: string }> {
  const heads: AnswerHead[] = [];
  const target = new PassThrough();
  const body = text(target);
  const response = new LambdaResponse((head) => {
    heads.push(head);
    return target;
  });
  await invoke(run, event, response, 1_000);
  return { heads, body: await body };
}

/** Runs a function, and returns the context that it was given. */
async function contextOf(timeout: number): Promise<Context> {
  let given: Context | undefined;
  const run = async (_: unknown, stream: Writable, context: Context) => {
    given = context;
    stream.end();
  };
  await invoke(run, event, new LambdaResponse(() => new PassThrough()), timeout);
  if (!given) throw new Error("The function was not called");
  return given;
}

test("status and headers are told once, before the body, which follows chunk by chunk", async () => {
  const head = { statusCode: 201, headers: { "x-own": "1" } };
  const answer = await answerOf(async (_, stream) => {
    const body = HttpResponseStream.from(stream, head);
    body.write("é");
    body.write(Buffer.from("-"));
    body.end("é");
  });
  expect(answer).toEqual({ heads: [head], body: "é-é" });
});

test("an answer without a body ends too", async () => {
  const answer = await answerOf(async (_, stream) => {
    HttpResponseStream.from(stream, { statusCode: 204 }).end("");
  });
  expect(answer).toEqual({ heads: [{ statusCode: 204 }], body: "" });
});

test("a function that writes before it said status and headers fails", async () => {
  const answer = answerOf(async (_, stream) => void stream.write("too early"));
  await expect(answer).rejects.toThrow("before it said status and headers");
});

test("a function that ends without an answer leaves no head behind", async () => {
  const response = new LambdaResponse(() => new PassThrough());
  await new Promise<void>((resolve) => response.end(resolve));
  expect(response.head).toBeUndefined();
});

test("a function is given the event, and its failure is the caller's", async () => {
  const run: LambdaFunction = async (given) => {
    throw new Error(`failed with ${given.path}`);
  };
  await expect(answerOf(run)).rejects.toThrow("failed with /");
});

test("the time that remains runs down from the timeout", async () => {
  const { getRemainingTimeInMillis } = await contextOf(500);
  const before = getRemainingTimeInMillis();
  expect(before).toBeGreaterThan(400);
  expect(before).toBeLessThanOrEqual(500);
  await expect.poll(getRemainingTimeInMillis, { interval: 1 }).toBeLessThan(before);
});

test("each call has an id of its own, and none may answer in the callback style", async () => {
  const [one, two] = [await contextOf(1), await contextOf(1)];
  expect(one.awsRequestId).not.toBe(two.awsRequestId);
  for (const answer of [one.done, one.fail, one.succeed] as (() => void)[])
    expect(answer).toThrow("callback style");
});

test("a handler that is marked as streaming stays the function that it is", () => {
  const handler = async () => {};
  expect(streamifyResponse(handler)).toBe(handler);
});
