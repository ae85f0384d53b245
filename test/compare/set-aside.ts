import { readErlang } from "./erlang.ts";
import type { Request } from "./target.ts";

/** What is compared of an answer. */
export interface Observation {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** A part of answers that is not compared as it stands, because it must differ; all the rest of them is. */
export interface SetAside {
  what: string;
  /** The observation without that part, or with its meaning in its place. */
  without(observation: Observation, request: Request): Observation;
}

/** The reviewed list of what is set aside, beside ids, times, versions, loads and the order of lists. */
export const setAside: readonly SetAside[] = [
  {
    what: "the content type of an answer without a body: API Gateway always names one",
    without: ({ headers: { "content-type": type, ...headers }, ...rest }) => ({
      ...rest,
      headers: rest.body === "" || type === undefined ? headers : { ...headers, "content-type": type },
    }),
  },
  {
    what: "`role` and `backend` of keys and users: EMQX has them in its Enterprise edition",
    without: (observation, { path }) =>
      /^\/(users|api_key|login)\b/.test(path) ? withBody(observation, withoutRoles) : observation,
  },
  {
    what: "failures that EMQX writes as Erlang terms, or as lists of characters: what they say is compared",
    without: (observation) => withMessage(observation, meaning),
  },
  {
    what: "whether EMQX has ever seen the word that it does not expect: it tells these failures apart",
    without: (observation) => withMessage(observation, (message) => mapped(message, anyUnknownWord)),
  },
  {
    what: "what EMQX says of an unknown node depends on whether it has ever seen its name",
    without: (observation) =>
      withMessage(observation, (message) =>
        typeof message === "string"
          ? message.replace(
              /^bad rpc call [\s\S]*, Reason (nodedown|<<"invalid node">>)$/,
              "<an unknown node>",
            )
          : message,
      ),
  },
  {
    what: "`flow_control` of the retainer: a hidden setting that EMQX shows if it was started with changed ones",
    without: (observation, { path }) =>
      /^\/mqtt\/retainer\/?$/.test(path) ? withBody(observation, withoutFlowControl) : observation,
  },
  {
    what: "counters of packets and messages of clients, which EMQX tells seconds late; one scenario waits for them",
    // Only a GET is repeated until both agree on the number of subscriptions.
    without: (observation, { method, path, exact }) =>
      /^\/clients/.test(path) && !exact
        ? withBody(observation, withoutNumbers(method === "GET" ? counters : lateCounters))
        : observation,
  },
];

const withBody = (observation: Observation, change: (body: unknown) => unknown): Observation => ({
  ...observation,
  body: change(observation.body),
});

function withMessage(observation: Observation, change: (message: unknown) => unknown): Observation {
  const { body } = observation;
  if (!isRecord(body) || body.message === undefined) return observation;
  return { ...observation, body: { ...body, message: change(body.message) } };
}

const withoutRoles = (body: unknown) =>
  mapped(body, (value) => {
    if (!isRecord(value)) return value;
    const { role, backend, ...rest } = value;
    return rest;
  });

function withoutFlowControl(body: unknown): unknown {
  if (!isRecord(body)) return body;
  const { flow_control, ...rest } = body;
  return rest;
}

/** A message as the text before a term and what the term says; a list of characters is its text. */
function meaning(message: unknown): unknown {
  if (Array.isArray(message)) return isCharacters(message) ? characters(message) : message;
  if (typeof message !== "string") return message;
  const [, before = "", term] = /^([^#[{<]*)((?:#\{|\[|\{|<<)[\s\S]*)$/.exec(message) ?? [];
  if (term === undefined) return message;
  const said = attempt(() => JSON.parse(term)) ?? attempt(() => readErlang(term));
  if (said === undefined) return message;
  if (before === "" && typeof said === "string") return meaning(said);
  return { before, said };
}

const isCharacters = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) &&
  value.length > 9 &&
  value.every((it) => typeof it === "number" || typeof it === "string");

const characters = (parts: (string | number)[]) =>
  parts.map((part) => (typeof part === "number" ? String.fromCodePoint(part) : part)).join("");

const anyUnknownWord = (value: unknown) =>
  isRecord(value) && value.reason === "unable_to_convert_to_enum_symbol" && typeof value.value === "string"
    ? { ...value, reason: "not_a_enum_symbol" }
    : value;

const withoutNumbers = (names: RegExp) => (body: unknown) =>
  mapped(body, (value) =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, count]) => [
            name,
            names.test(name) ? `<${typeof count}>` : count,
          ]),
        )
      : value,
  );

const counters = /^(send|recv)_(pkt|msg|msg\.qos[012])$/;
const lateCounters = /^((send|recv)_(pkt|msg|msg\.qos[012])|subscriptions_cnt)$/;

/** A value with all records in it changed, the inner ones first. */
function mapped(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (!isRecord(value)) return value;
  return change(
    Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, change)])),
  );
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
