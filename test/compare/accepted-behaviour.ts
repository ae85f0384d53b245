import type { Accepted } from "./accepted.ts";
import type { Answer, Request } from "./target.ts";

const settingsPath =
  /^\/(mqtt\/(retainer|delayed|auto_subscribe|topic_rewrite)|slow_subscriptions\/settings)$/;

/** Where the answers themselves differ, on purpose or because the servers are not the same thing. */
export const deliberate: readonly Accepted[] = [
  {
    reason: "EMQX fails with 500 on a body `null`; ours takes it for an empty one",
    holds: ({ request: { body }, answers: { reference, ours } }) =>
      body === "null" && reference.status === 500 && ours.status < 300,
  },
  {
    reason: "a body `null` sets EMQX's settings back to their defaults; ours stay",
    holds: ({ request: { method, path, body }, answers: { reference, ours } }) =>
      body === "null" && method === "PUT" && settingsPath.test(path) && reference.status === ours.status,
  },
  {
    reason: "`hasnext` is exact where the last row fills a page",
    holds: ({ answers, difference: { place, reference } }) =>
      place === "body.meta.hasnext" &&
      reference === true &&
      answers.reference.json.data.length === answers.reference.json.meta.limit,
  },
  {
    reason: "`hasnext` is exact where the last row fills a page",
    holds: ({ request: { path }, answers: { reference }, difference: { place, ours } }) =>
      path.startsWith("/clients_v2") &&
      place === "body.meta.cursor" &&
      ours === undefined &&
      path.includes(`limit=${reference.json.data.length}`),
  },
  {
    reason: "EMQX takes the text `undefined` for no value",
    holds: ({ request: { path }, answers: { ours } }) =>
      /[?&](since|conn_state|limit|page)=undefined\b/.test(path) && ours.status === 400,
  },
  {
    reason: "an empty `like_…` holds for all clients; EMQX fails with 500 on it as soon as there is one",
    holds: ({ request: { path }, answers: { reference, ours } }) =>
      /^\/clients.*[?&]like_(clientid|username)=(&|$)/.test(path) &&
      ours.status === 200 &&
      (reference.status === 500 || reference.json.data.length === 0),
  },
  {
    reason: "EMQX fails with 500 on an unknown format of the status; ours is the text",
    holds: ({ request: { path }, answers: { reference, ours } }) =>
      path.startsWith("/status?") && reference.status === 500 && ours.status === 200,
  },
  {
    reason: "EMQX fails with 500 on a name of a node that is longer than an atom; nobody has it",
    holds: ({ request: { path }, answers: { reference, ours } }) =>
      /^\/topics\?.*node=\w{256,}/.test(path) && reference.status === 500 && ours.json?.data?.length === 0,
  },
  {
    reason: "EMQX does not take a number for a text where it looks for the metrics of a topic",
    holds: ({ request: { path, body }, answers: { reference } }) =>
      path === "/mqtt/topic_metrics" &&
      typeof (body as { topic?: unknown } | undefined)?.topic !== "string" &&
      reference.json?.code === "TOPIC_NOT_FOUND",
  },
  {
    reason: "whole numbers beyond 2^53 are refused: JSON has no exact ones there",
    holds: ({ request, answers: { reference, ours } }) =>
      (reference.status < 300 || reference.status === 404) &&
      ours.json?.code === "BAD_REQUEST" &&
      hasLargeNumber(request),
  },
  {
    reason: "EMQX repeats settings as they were sent; ours are of the type that they have",
    holds: ({ request: { path }, difference: { reference, ours } }) =>
      settingsPath.test(path) && typeof reference !== typeof ours && asText(reference) === asText(ours),
  },
  {
    reason: "a field that is `null` sets EMQX's setting back to its default; ours stays",
    holds: ({ request: { path, body }, difference: { place } }) =>
      settingsPath.test(path) && hasNull(body, place),
  },
  {
    reason: "negative durations and sizes are refused",
    holds: ({ request: { path, body }, answers: { reference, ours } }) =>
      settingsPath.test(path) &&
      reference.status === 200 &&
      ours.status === 400 &&
      /"(\w+_interval(_override)?|threshold|max_payload_size)":-\d/.test(JSON.stringify(body)),
  },
  {
    reason: "`nl`, `rap` and `rh` have only the values that MQTT gives them",
    holds: ({ request: { path }, answers: { reference, ours } }) =>
      isSubscribe(path) &&
      reference.status === 200 &&
      ours.status === 400 &&
      /\.(nl|rap|rh)$/.test(failedPath(ours)),
  },
  {
    reason: "a filter that MQTT does not allow is refused",
    holds: ({ request, answers: { reference, ours } }) =>
      isSubscribe(request.path) &&
      reference.status === 200 &&
      (isRefusal(ours) || ours.json?.failed?.length > 0) &&
      topicsOf(request.body).some((topic) => !isFilter(topic)),
  },
  {
    reason: "regular expressions are RE2's: without look-around and back references",
    holds: ({ request: { body, path }, answers: { reference, ours } }) =>
      /^\/(banned|mqtt\/topic_rewrite)$/.test(path) &&
      reference.status === 200 &&
      ours.status === 400 &&
      /\(\?[=!<]|\\[1-9]/.test(JSON.stringify(body)),
  },
  {
    reason: "the broker's own $SYS messages are EMQX's",
    holds: ({ request: { path }, difference: { place, reference, ours } }) =>
      path.startsWith("/mqtt/retainer/messages") &&
      ((ours === undefined && isSystemRow(reference)) ||
        (place === "body.meta.count" && [1, 2, 3].includes(Number(reference) - Number(ours)))),
  },
  {
    reason: "EMQX loses or keeps back counters of a session whose client is away; ours are there",
    holds: ({ answers, difference: { place, reference, ours } }) =>
      answers.ours.json?.connected === false &&
      ((/^body\.(send|recv)_(cnt|oct)$/.test(place) && reference === undefined) ||
        (place === "body.subscriptions_cnt" && Number(reference) < Number(ours))),
  },
  {
    reason: "after a takeover EMQX shows `is_persistent` of the connection before it",
    holds: ({ request: { path }, difference: { place, reference } }) =>
      path === "/clients/compare-take-5" && place === "body.is_persistent" && reference === true,
  },
  {
    reason: "one malformed filter keeps EMQX from unsubscribing in bulk from the others, too",
    holds: ({ request: { path }, difference: { ours } }) =>
      path === "/clients/compare-mixed/subscriptions" && ours === undefined,
  },
  {
    reason: "which names EMQX takes for a node depends on what names it has seen",
    holds: ({ request: { path }, answers: { reference, ours }, difference: { place } }) =>
      path.startsWith("/mqtt/delayed/messages/") &&
      reference.status === 400 &&
      reference.json?.code === "INVALID_NODE" &&
      ours.json?.code === "MESSAGE_ID_SCHEMA_ERROR" &&
      /^body\.(code|message)$/.test(place),
  },
  {
    reason: "EMQX fails to read a `delivery_rate` that is a number or null, unlike other rates",
    holds: ({ request: { path, body }, answers: { reference } }) =>
      path === "/mqtt/retainer" &&
      typeof (body as { delivery_rate?: unknown } | undefined)?.delivery_rate !== "string" &&
      reference.json?.code === "UPDATE_FAILED" &&
      reference.text.includes("converter_crashed"),
  },
  {
    reason: "a share group holds no subscription of $queue",
    holds: ({ request: { path }, difference: { place, reference, ours } }) =>
      /^\/subscriptions\?share_group=(?!\$queue)[^&]+&topic=/.test(path) &&
      ((ours === undefined && String((reference as { topic?: string }).topic).startsWith("$queue/")) ||
        (place === "body.meta.count" && Number(reference) > Number(ours))),
  },
  {
    reason: "the wrong content type is a 415 everywhere",
    holds: ({ request: { path }, answers: { reference, ours } }) =>
      /^\/(slow_subscriptions\/settings|mqtt\/topic_(rewrite|metrics))$/.test(path) &&
      reference.status === 400 &&
      ours.status === 415,
  },
];

const isRefusal = ({ status }: Answer) => status >= 400 && status < 500;

const isSubscribe = (path: string) => /^\/clients\/[^/]+\/subscribe(\/bulk)?$/.test(path);

/** What a failed validation says. */
function failureOf({ json }: Answer): { path?: unknown } {
  try {
    return JSON.parse(/\{.*\}/s.exec(json.message)?.[0] ?? "");
  } catch {
    return {};
  }
}

const failedPath = (answer: Answer) => String(failureOf(answer).path);

/** Whether a whole number beyond 2^53 is in a request. */
const hasLargeNumber = ({ path, body }: Request) =>
  /=\d{17,}/.test(path) || /\b\d{17,}\b/.test(JSON.stringify(body) ?? "");

/** What is sent as a number, or as a list of bytes, stands for a text. */
const asText = (value: unknown) =>
  Array.isArray(value) ? String.fromCharCode(...value.map(Number)) : String(value);

/** Whether the field at the place of an answer was sent as `null`. */
function hasNull(body: unknown, place: string): boolean {
  const field = place.split(".").at(-1) ?? "";
  return typeof body === "object" && body !== null && (body as Record<string, unknown>)[field] === null;
}

const topicsOf = (body: unknown): string[] =>
  [body].flat().map((item) => String((item as { topic?: unknown }).topic));

/** Whether MQTT allows a topic filter. */
const isFilter = (topic: string) => /^[^\0]+$/.test(topic) && topic.split("/").every(isLevel);

const isLevel = (level: string, n: number, levels: string[]) =>
  level === "+" || (level === "#" && n === levels.length - 1) || !/[+#]/.test(level);

const isSystemRow = (row: unknown) =>
  String((row as { topic?: unknown } | undefined)?.topic).startsWith("$SYS/");
