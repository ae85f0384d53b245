import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LambdaFunction } from "../../../lib/http/serve.ts";
import { captureLog } from "../../support/captured-log.ts";
import { answerOk, ChosenFunction } from "../../support/chosen-function.ts";

const { HttpResponseStream } = awslambda;

let chosen: ChosenFunction;

beforeEach(() => {
  chosen = new ChosenFunction();
});

afterEach(() => chosen.close());

describe("what no route takes is a 404 of the gateway itself", () => {
  test.each([
    "/api/v5/other",
    "/api/v5",
    "/api/v5/thing",
    "/api/things",
    "/v5/things",
    "/things",
    "/",
    "/api/V5/things",
  ])("%s", async (path) => {
    const { status, text } = await chosen.send(path);
    const message = "Request Path Not Found";
    expect([status, JSON.parse(text)]).toEqual([404, { code: "NOT_FOUND", message, reason: message }]);
    expect(chosen.events).toEqual([]);
  });
});

test("a request target may name scheme and host", async () => {
  const { status } = await chosen.send("http://other.example/api/v5/things/1?x=http://y/");
  expect([status, chosen.events[0]?.path, chosen.events[0]?.queryStringParameters]).toEqual([
    200,
    "/v5/things/1",
    { x: "http://y/" },
  ]);
});

describe("a body", () => {
  const megabytes = (count: number) => "x".repeat(count * 2 ** 20);

  test.each([
    ["over the 10 MB of API Gateway", `${megabytes(10)}x`],
    ["over the 6 MB of Lambda, with the rest of the event", megabytes(6)],
    ["that the event's JSON makes longer than that", '"'.repeat(4 * 2 ** 20)],
  ])("%s is a 413, and does not reach the function", async (_, body) => {
    const { status, text } = await chosen.send("/api/v5/things", { method: "POST", body });
    expect([status, JSON.parse(text)]).toEqual([
      413,
      { message: "HTTP content length exceeded 10485760 bytes" },
    ]);
    expect(chosen.events).toEqual([]);
  });

  test("may be any text", async () => {
    chosen.run = answerOk;
    const { status } = await chosen.send("/api/v5/things", { method: "POST", body: "too long" });
    expect([status, chosen.events[0]?.body]).toEqual([200, "too long"]);
  });

  test("below that reaches it whole", async () => {
    await chosen.send("/api/v5/things", { method: "POST", body: megabytes(5) });
    expect(chosen.events[0]?.body).toHaveLength(5 * 2 ** 20);
  });
});

describe("an answer", () => {
  test("has the function's status and headers, and JSON as its type unless another is named", async () => {
    chosen.run = async (_, stream) => {
      HttpResponseStream.from(stream, { statusCode: 418, headers: { "X-Own": "1" } }).end("");
    };
    const { status, headers, text } = await chosen.send("/api/v5/things");
    expect([status, text, headers["x-own"]]).toEqual([418, "", "1"]);
    expect(headers["content-type"]).toBe("application/json");
  });

  test("shows a challenge under the name that a REST API gives it too", async () => {
    const headers = { "WWW-Authenticate": "Basic", "Content-Type": "text/plain" };
    chosen.run = async (_, stream) =>
      void HttpResponseStream.from(stream, { statusCode: 401, headers }).end("");
    expect((await chosen.send("/api/v5/things")).headers).toMatchObject({
      ...{ "x-amzn-remapped-www-authenticate": "Basic", "content-type": "text/plain" },
    });
  });

  test("of several megabytes arrives whole", async () => {
    const chunks = Array.from({ length: 128 }, (_, n) => Buffer.alloc(2 ** 16, n));
    chosen.run = async (_, stream) => {
      const body = HttpResponseStream.from(stream, { statusCode: 200 });
      for (const chunk of chunks) {
        if (!body.write(chunk)) await new Promise((resolve) => body.once("drain", resolve));
      }
      await new Promise<void>((resolve) => body.end(() => resolve()));
    };
    const answer = await fetch(`${await chosen.address()}/api/v5/things`);
    const hash = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    expect(hash(new Uint8Array(await answer.arrayBuffer()))).toBe(hash(Buffer.concat(chunks)));
  });

  test("that is written at once tells its length", async () => {
    chosen.run = async (_, stream) => {
      const body = HttpResponseStream.from(stream, { statusCode: 200 });
      for (const part of ["é", "", "--"]) body.write(part);
      body.end();
    };
    const { headers, text } = await chosen.send("/api/v5/things");
    expect([text, headers["content-length"]]).toEqual(["é--", "4"]);
  });

  test("without a body has no length where HTTP knows none", async () => {
    chosen.run = async (_, stream) => void HttpResponseStream.from(stream, { statusCode: 204 }).end("");
    expect((await chosen.send("/api/v5/things")).headers).not.toHaveProperty("content-length");
  });

  test("begins to arrive before it has ended", async () => {
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    chosen.run = async (_, stream) => {
      const body = HttpResponseStream.from(stream, { statusCode: 200 });
      body.write("first ");
      await seen;
      body.end("last");
    };
    const { body } = await fetch(`${await chosen.address()}/api/v5/things`);
    let text = "";
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk);
      see();
    }
    expect(text).toBe("first last");
  });
});

function* endless() {
  for (;;) yield "x".repeat(2 ** 16);
}

describe("a function that fails", () => {
  const badGateway = { message: "Internal server error" };

  test.each<[string, LambdaFunction]>([
    ["throws", async () => Promise.reject(new Error("out of order"))],
    ["ends without an answer", async () => {}],
    ["names no status", async (_, stream) => void HttpResponseStream.from(stream, {}).end("")],
  ])("because it %s is a 502", async (_, run) => {
    captureLog();
    chosen.run = run;
    const { status, text } = await chosen.send("/api/v5/things");
    expect([status, JSON.parse(text)]).toEqual([502, badGateway]);
  });

  test("is logged, and the next request is served", async () => {
    const log = captureLog();
    chosen.run = () => Promise.reject(new Error("out of order"));
    await chosen.send("/api/v5/things");
    expect(log.entries()).toMatchObject([{ level: "error", error: { message: "out of order" } }]);
    chosen.run = answerOk;
    expect((await chosen.send("/api/v5/things")).status).toBe(200);
  });

  test("in the middle of an answer breaks it off", async () => {
    captureLog();
    chosen.run = async (_, stream) => {
      HttpResponseStream.from(stream, { statusCode: 200 }).write("half");
      throw new Error("out of order");
    };
    await expect(chosen.send("/api/v5/things")).rejects.toThrow();
  });

  test("because its caller has gone ends nothing else", async () => {
    captureLog();
    const failed = Promise.withResolvers<unknown>();
    chosen.run = async (_, stream) => {
      const body = HttpResponseStream.from(stream, { statusCode: 200 });
      await pipeline(Readable.from(endless()), body).catch(failed.resolve);
    };
    const gone = new AbortController();
    await fetch(`${await chosen.address()}/api/v5/things`, { signal: gone.signal });
    gone.abort();
    expect(await failed.promise).toBeInstanceOf(Error);
    chosen.run = answerOk;
    expect((await chosen.send("/api/v5/things")).text).toBe("ok");
  });

  test("to begin its answer within 29 seconds is a 504", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { promise: late, resolve: goOn } = Promise.withResolvers<void>();
    chosen.run = async (event, stream, context) => {
      queueMicrotask(() => vi.advanceTimersByTime(29_000));
      await late;
      await answerOk(event, stream, context);
    };
    const { status, text } = await chosen.send("/api/v5/things");
    vi.useRealTimers();
    goOn();
    expect([status, JSON.parse(text).code]).toEqual([504, "SERVICE_UNAVAILABLE"]);
  });
});
