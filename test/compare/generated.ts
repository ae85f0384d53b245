import fc from "fast-check";
import * as resources from "../../functions/index.ts";
import { methodOf, type Operation, pathOf, type Resource } from "../../lib/contract/resource.ts";
import { bodyOf, generatedClient } from "./bodies.ts";
import { cleanBroker } from "./clean.ts";
import type { Comparison } from "./comparison.ts";
import type { Request } from "./target.ts";

/** Operations whose calls would end the comparison itself, and those that EMQX serves only in its Enterprise edition or not. */
const left = new Set(["login", "logout", "listAudit", "rotateApiKey"]);

/** Values that are good for some parameter, nearly good, or meant to do harm. */
const texts = [
  ...[
    "",
    " ",
    "0",
    "1",
    "-1",
    "1.5",
    "1e3",
    "10000",
    "10001",
    "99999999999999999999",
    "true",
    "false",
    "TRUE",
  ],
  ...["all", "clientid", "clientid,username", "clientid,,username", "nosuch", "null", "undefined", "NaN"],
  ...["127.0.0.1", "127.1", "::1", "127.0.0.1:1883", "256.0.0.1", "connected", "idle", "Connected"],
  ...["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5+08:00", "2024-01-01", "1700000000", "1700000000000"],
  ...["a/b", "a/+", "#", "+/#", "$share/g/t", "$queue/t", "$share/g", "$SYS/#", "a b", "ü测试", "a\u0000b"],
  ...["%", "%2F", "'\"<>&", "[]", "{}", "x".repeat(300), "*", "(a+)+$", "(", "1MB", "-1MB", "0s", "infinity"],
];

/** The same for the fields of bodies. */
const values: unknown[] = [
  ...[null, "", " ", "a", "a/b", "a/+", "#", "$share/g/t", "ü", "a\u0000b", "x".repeat(300), "infinity"],
  ...[0, 1, 2, 3, -1, 1.5, 65_535, 65_536, 1e20, "0", "1", "2", "true", true, false, "10s", "1MB"],
  ...[[], {}, [97, 98], [{}], { a: 1 }, "2024-01-01T00:00:00Z", 4_102_444_800],
];

/** Requests made from the declarations of all operations, the same for the same seed. */
export function playGenerated(seed: number): (comparison: Comparison) => Promise<void> {
  return async (comparison) => {
    // It pings every second, because requests change how long it may be silent.
    await comparison.connect(generatedClient, { keepalive: 1, reschedulePings: false });
    for (const resource of Object.values<Resource>(resources)) {
      for (const request of requestsOfResource(resource, seed)) {
        await comparison.ask(`${request.method} ${request.path}`, request);
      }
      await comparison.each(cleanBroker);
    }
  };
}

function* requestsOfResource({ operations }: Resource, seed: number): Generator<Request> {
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    if (operation.outsidePrefix === "only" || left.has(name)) continue;
    yield* requestsOf(name, operation, seed);
  }
}

function* requestsOf(name: string, operation: Operation, seed: number): Generator<Request> {
  const method = methodOf(operation);
  const as = operation.access === "token" ? ("token" as const) : ("key" as const);
  const path = (value: string) => pathOf(operation).replaceAll(/\{\w+\}/g, encodeURIComponent(value));
  const body = bodyOf(name);
  const base = { method, as, ...(body !== undefined && { body }) };
  const hasParameters = pathOf(operation).includes("{");
  for (const value of hasParameters ? pick(texts, 12, seed) : ["-"]) {
    if (value !== "") yield { ...base, path: path(value) };
  }
  for (const key of Object.keys(operation.query ?? {})) {
    for (const value of pick(texts, 16, seed + key.length)) {
      yield { ...base, path: `${path("nosuch")}?${key}=${encodeURIComponent(value)}` };
    }
  }
  if (operation.query) {
    for (const pairs of pairsOf(Object.keys(operation.query), seed)) {
      yield { ...base, path: `${path("nosuch")}?${new URLSearchParams(pairs)}` };
    }
  }
  if (body !== undefined)
    for (const given of bodiesNear(body, seed)) yield { ...base, path: path(generatedClient), ...given };
}

/** Combinations of two or three parameters. */
function pairsOf(keys: string[], seed: number): [string, string][][] {
  const pair = fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...texts));
  return fc.sample(fc.array(pair, { minLength: 2, maxLength: 3 }), { numRuns: 8, seed });
}

/** Bodies beside a good one: a field less, another value in it, one too many, and what is no such body at all. */
function* bodiesNear(body: unknown, seed: number): Generator<Pick<Request, "body" | "headers">> {
  for (const text of ["", "{", "1", '"a"', "[]", "{}", "[1]", "[[]]"]) {
    yield { body: text, headers: { "content-type": "application/json" } };
  }
  yield { body: JSON.stringify(body), headers: { "content-type": "text/plain" } };
  yield { body: JSON.stringify(body), headers: { "content-type": "application/json; charset=utf-8" } };
  const wrap = Array.isArray(body) ? (item: unknown) => [item] : (item: unknown) => item;
  const object = Array.isArray(body) ? body[0] : body;
  if (typeof object !== "object" || object === null) return;
  yield { body: wrap({ ...object, nosuch: 1 }) };
  for (const key of Object.keys(object)) {
    yield { body: wrap(Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))) };
    for (const value of pick(values, 14, seed + key.length))
      yield { body: wrap({ ...object, [key]: value }) };
  }
  // The last one, because it leaves EMQX without the settings that it is sent for.
  yield { body: "null", headers: { "content-type": "application/json" } };
}

/** Some of the given values, the same for the same seed. */
function pick<Value>(all: readonly Value[], count: number, seed: number): Value[] {
  return (
    fc.sample(fc.shuffledSubarray([...all], { minLength: count, maxLength: count }), {
      numRuns: 1,
      seed,
    })[0] ?? []
  );
}
