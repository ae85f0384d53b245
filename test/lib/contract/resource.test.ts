import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod/mini";
import { oneOf, positiveInteger, repeated, text } from "../../../lib/contract/fields.ts";
import { defineResource, methodOf, needsOf, pathOf, rolesOf } from "../../../lib/contract/resource.ts";
import type { DepsFor } from "../../../lib/deps/types.ts";
import { type ResourceFunction, serve } from "../../../lib/http/serve.ts";

const things = defineResource({
  name: "things",
  tag: "Things",
  operations: {
    getThing: {
      route: "GET /things/{id}",
      summary: "Describe a thing",
      params: { id: text() },
      query: { kind: z.optional(oneOf(["a", "b"])), many: repeated(text()), page: positiveInteger() },
      answers: { 200: z.strictObject({ id: z.string() }) },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["node"],
    },
    removeThing: {
      route: "DELETE /things/{id}",
      summary: "Remove a thing",
      roles: ["publisher"],
      answers: { 204: null },
      needs: ["node", "broker:kick"],
    },
  },
});

const manyAnswers = defineResource({
  name: "many",
  tag: "Many",
  operations: {
    ask: {
      route: "POST /many",
      summary: "Ask",
      body: z.strictObject({ text: text() }),
      answers: { 200: z.string(), 202: z.strictObject({ reason: z.int() }) },
    },
  },
});

test("an operation reads its input, dependencies and failures from its declaration", () => {
  const handler = serve(things, {
    getThing({ params, query, body }, deps) {
      expectTypeOf(params.id).toEqualTypeOf<string>();
      expectTypeOf(query.kind).toEqualTypeOf<"a" | "b" | undefined>();
      expectTypeOf(query.many).toEqualTypeOf<string[] | undefined>();
      expectTypeOf(query.page).toEqualTypeOf<number>();
      expectTypeOf(body).toEqualTypeOf<undefined>();
      expectTypeOf(deps).toEqualTypeOf<DepsFor<"node">>();
      return { id: params.id };
    },
    removeThing(_, deps) {
      expectTypeOf(deps).toEqualTypeOf<DepsFor<"node" | "broker:kick">>();
      return undefined;
    },
  });
  expectTypeOf(handler).toEqualTypeOf<ResourceFunction>();
});

test("an answer of another shape does not compile", () => {
  const removeThing = () => undefined;
  // @ts-expect-error: `id` is a text
  serve(things, { getThing: () => ({ id: 1 }), removeThing });
  // @ts-expect-error: the body is missing
  serve(things, { getThing: () => undefined, removeThing });
  // @ts-expect-error: 204 has no body
  serve(things, { getThing: () => ({ id: "" }), removeThing: () => ({}) });
});

test("a status or code that is not declared does not compile", () => {
  serve(things, {
    // @ts-expect-error: 409 is not declared
    getThing: ({ fail }) => fail(409, "NOT_FOUND", ""),
    // @ts-expect-error: it declares no error at all
    removeThing: ({ fail }) => fail(404, "NOT_FOUND", ""),
  });
  serve(things, {
    // @ts-expect-error: NOT_FOUND belongs to 404
    getThing: ({ fail }) => fail(400, "NOT_FOUND", ""),
    removeThing: () => undefined,
  });
});

test("a dependency that is not declared does not compile", () => {
  serve(things, {
    // @ts-expect-error: it may not reach the broker
    getThing: (_, { broker }) => ({ id: String(broker) }),
    // @ts-expect-error: it may kick, but not publish
    removeThing: (_, { broker }) => void broker.publish({}),
  });
});

test("a missing operation does not compile", () => {
  // @ts-expect-error: removeThing has no function
  serve(things, { getThing: () => ({ id: "" }) });
});

test("an operation with several answers has to choose one", () => {
  serve(manyAnswers, { ask: ({ body, answer }) => answer(200, body.text) });
  // @ts-expect-error: 202 has another body
  serve(manyAnswers, { ask: ({ answer }) => answer(202, "text") });
  // @ts-expect-error: 201 is not declared
  serve(manyAnswers, { ask: ({ answer }) => answer(201, "text") });
  // @ts-expect-error: which of its answers is it?
  serve(manyAnswers, { ask: () => "text" });
});

test("a declaration tells method, path, roles and needs", () => {
  const { getThing, removeThing } = things.operations;
  expect([methodOf(getThing), pathOf(getThing)]).toEqual(["GET", "/things/{id}"]);
  expect(rolesOf(getThing)).toEqual(["administrator", "viewer"]);
  expect(rolesOf({ ...getThing, route: "POST /things" })).toEqual(["administrator"]);
  expect(rolesOf(removeThing)).toEqual(["publisher"]);
  expect(needsOf(things)).toEqual(["node", "broker:kick"]);
});
