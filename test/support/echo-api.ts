import * as z from "zod/mini";
import {
  flag,
  integer,
  list,
  positiveInteger,
  qos,
  repeated,
  struct,
  text,
} from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { type LambdaFunction, serve } from "../../lib/http/serve.ts";
import { behindGateway } from "./behind-gateway.ts";
import { basic, rawRequest } from "./raw-request.ts";
import { TestApi } from "./test-api.ts";

const echo = { summary: "Answers with what was read", answers: { 200: z.unknown() } };
const Thing = struct({
  name: text(),
  level: text(),
  qos: z._default(qos(), 0),
  more: z.optional(struct({ a: text() })),
});

const things = defineResource({
  name: "things",
  tag: "Things",
  operations: {
    changeThing: {
      ...echo,
      route: "PUT /things/{id}",
      params: { id: text() },
      query: {
        page: z._default(positiveInteger(), 1),
        limit: z._default(integer(1, 10), 5),
        kind: repeated(text()),
        fast: z.optional(flag()),
      },
      body: Thing,
    },
    addThings: { ...echo, route: "POST /things", body: list(Thing) },
    tuneThings: {
      ...echo,
      route: "PUT /things",
      body: struct({ a: z.optional(text()), b: z.optional(text()) }),
    },
    getThing: { ...echo, route: "GET /things/{id}", params: { id: text() } },
    removeThing: { ...echo, route: "DELETE /things/{id}", params: { id: text() } },
  },
});

const inputOf = ({ params, query, body }: { params: object; query: object; body: unknown }) => ({
  params,
  query,
  body,
});

export interface Sent {
  /** Sent as JSON, unless it is a text or bytes. */
  body?: unknown;
  /** Content type; JSON if it is left out. */
  type?: string | undefined;
  authorization?: string;
}

export interface EchoAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/** A resource behind the gateway that answers with what it read of a request. */
export class EchoApi {
  readonly #base: string;
  readonly close: () => Promise<void>;

  /** `around` may change what reaches the function. */
  static async start(around: (run: LambdaFunction) => LambdaFunction = (run) => run): Promise<EchoApi> {
    const api = await TestApi.start();
    const run = serve(things, {
      changeThing: inputOf,
      addThings: inputOf,
      tuneThings: inputOf,
      getThing: inputOf,
      removeThing: inputOf,
    }).with(api.deps);
    const served = await behindGateway({ resource: things, run: around(run) });
    return new EchoApi(served.base, async () => {
      served.close();
      await api.close();
    });
  }

  private constructor(base: string, close: () => Promise<void>) {
    this.#base = base;
    this.close = close;
  }

  async send(method: string, path: string, sent: Sent = {}): Promise<EchoAnswer> {
    const { body, authorization = basic("administrator") } = sent;
    const type = "type" in sent ? sent.type : "application/json";
    const raw = typeof body === "string" || Buffer.isBuffer(body) || body === undefined;
    const answer = await rawRequest(this.#base, `/api/v5${path}`, {
      method,
      headers: { authorization, ...(type !== undefined && { "content-type": type }) },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, json: JSON.parse(answer.text) };
  }
}

/** A body that `changeThing` takes, and a list of which `addThings` takes. */
export const thing = (given: object = {}) => ({ name: "n", level: "l", ...given });

/** The failure, or failures, that a 400 tells of. */
export function failureOf({ status, json }: EchoAnswer): unknown {
  if (status !== 400 || json.code !== "BAD_REQUEST") throw new Error(`The answer is ${JSON.stringify(json)}`);
  return JSON.parse(json.message);
}

/** The failure of a field that is missing. */
export const required = (path: string) => ({ kind: "validation_error", path, reason: "required_field" });
