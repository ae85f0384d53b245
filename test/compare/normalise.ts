import { isDeepStrictEqual } from "node:util";
import { type Observation, type SetAside, setAside } from "./set-aside.ts";
import type { Answer, Request } from "./target.ts";

/** Headers that a caller may rely on. */
const compared = ["allow", "content-type", "retry-after", "www-authenticate", "location"];

/** What is compared of an answer, and what of it was set aside. */
export interface Observed {
  observation: Observation;
  aside: readonly SetAside[];
}

/** An answer with what must differ set aside. */
export function observe({ status, headers, text, json }: Answer, request: Request): Observed {
  const whole: Observation = {
    status,
    headers: Object.fromEntries(
      compared.flatMap((name) => (headers[name] === undefined ? [] : [[name, mediaType(headers[name])]])),
    ),
    body: json === undefined ? (text.startsWith("<") ? "<a page>" : text) : readable(withoutReason(json)),
  };
  const aside = new Set<SetAside>();
  const observation = setAside.reduce((now, part) => {
    const next = part.without(now, request);
    if (!isDeepStrictEqual(now, next)) aside.add(part);
    return next;
  }, whole);
  return { observation: { ...observation, body: normalise("", observation.body) }, aside: [...aside] };
}

/** The rows of a list in an order of their own, with what must differ set aside. */
export const observedList = (rows: readonly unknown[]): unknown => normalise("", rows);

/** A media type without its parameters' spelling. */
const mediaType = (value: string) => value.toLowerCase().replaceAll(" ", "");

/** EMQX sends no `reason` in an error; ours repeats the message. */
function withoutReason(body: unknown): unknown {
  if (!isRecord(body) || typeof body.code !== "string" || body.reason !== body.message) return body;
  const { reason, ...error } = body;
  return error;
}

/** The text of a failed validation is JSON within a text. */
function readable(body: unknown): unknown {
  if (!isRecord(body) || typeof body.message !== "string" || !/^[[{]/.test(body.message)) return body;
  try {
    const said = JSON.parse(body.message);
    return { ...body, message: [said].flat().every(isRecord) ? { before: "", said } : said };
  } catch {
    return body;
  }
}

/** Names whose values differ from server to server and from run to run; they are compared by their kind. */
const kinds: readonly [RegExp, (value: unknown) => unknown][] = [
  [
    /^(created_at|connected_at|disconnected_at|publish_at|expected_at|at|until|create_time|updated_at)$/,
    time,
  ],
  [/^(last_update_time|updated_time|timestamp|inserted_at)$/, time],
  [/^(api_key|api_secret|token|msgid|id|uptime|version|rel_emqx_version|edition)$/, kindOf],
  [/^(port|heap_size|reductions|mailbox_len|delayed_remaining|duration_ms|start|position|cursor)$/, kindOf],
  [/^(recv|send)_(oct|cnt)$/, kindOf],
  [/^(load1|load5|load15|memory_used|memory_total|max_fds|process_used|process_available)$/, kindOf],
  [/^(otp_release|sys_path|log_path|node_status|timespan|cluster)$/, kindOf],
  [/^messages\..*\.rate$/, kindOf],
];

/** The name of a place in a body with its kind, for lists of any length. */
function normalise(name: string, value: unknown): unknown {
  const kind = kinds.find(([names]) => names.test(name));
  if (kind && !isRecord(value) && !Array.isArray(value)) return kind[1](value);
  if (Array.isArray(value)) return value.map((item) => normalise("", item)).toSorted(byText);
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, normalise(key, inner)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
  if (name === "message" && typeof value === "string") {
    return value.replace(hexId, "<32 hex digits>").replace(/\b1[789]\d{8}\b/g, "<seconds>");
  }
  return value;
}

const hexId = /\b[0-9A-F]{32}\b/gi;

function time(value: unknown): string {
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/.test(text)) return "<time with milliseconds>";
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(text)) return "<time>";
  if (/^\d+$/.test(text)) return `<${typeof value} of ${text.length} digits>`;
  return text;
}

function kindOf(value: unknown): string {
  if (typeof value === "string" && /^[0-9A-Fa-f]{32}$/.test(value)) return "<32 hex digits>";
  return value === null ? "<null>" : `<${typeof value}>`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Lists have an order of their own in each server; what they hold is compared. */
const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
