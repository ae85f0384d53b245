import type { Difference } from "./difference.ts";
import type { Answer, Request } from "./target.ts";

export interface Divergence {
  request: Request;
  answers: { reference: Answer; ours: Answer };
  difference: Difference;
}

/** A difference that is meant, with its reason. */
export interface Accepted {
  reason: string;
  holds(divergence: Divergence): boolean;
}

/** The reviewed table of differences, in the order of its rules. What is not here is a fault. */
export const accepted: readonly Accepted[] = [
  {
    reason: "EMQX fails with 500 where the request is at fault; ours is a 4xx",
    holds: ({ answers: { reference, ours } }) =>
      reference.status === 500 && reference.json?.code !== "NODE_DOWN" && isRefusal(ours),
  },
  {
    reason: "API Gateway names a content type where there is no body, too",
    holds: ({ answers, difference: { place } }) =>
      place === "headers.content-type" && answers.ours.text === "" && answers.reference.text === "",
  },
  {
    reason: "an unparsable Authorization header is a documented 401, not a 400 without a body",
    holds: ({ answers: { reference, ours } }) =>
      reference.status === 400 && reference.text === "" && ours.status === 401,
  },
  {
    reason: "roles and the audit log are there as in EMQX Enterprise",
    holds: ({ request: { path }, difference: { place, reference } }) =>
      (/\.(role|backend)$/.test(place) && reference === undefined) || path.startsWith("/audit"),
  },
  {
    reason: "rotation of keys is ours",
    holds: ({ request: { path } }) => /^\/api_key\/[^/]*\/rotate/.test(path),
  },
  {
    reason: "a failed validation names the same place; its details come from reading Erlang terms in EMQX",
    holds: ({ answers: { reference, ours }, difference: { place } }) =>
      place.startsWith("body.message") && samePlace(reference, ours),
  },
  {
    reason: "`hasnext` is exact where the last row fills a page",
    holds: ({ answers, difference: { place, reference } }) =>
      place === "body.meta.hasnext" &&
      reference === true &&
      answers.reference.json.data.length === answers.reference.json.meta.limit,
  },
  {
    reason: "the text for a bad node depends on what names EMQX has seen",
    holds: ({ answers: { ours }, difference: { place } }) =>
      place === "body.message" && ours.json?.code === "NODE_DOWN",
  },
];

const isRefusal = ({ status }: Answer) => status >= 400 && status < 500;

/** Whether two answers refuse the same place of a request. */
function samePlace(reference: Answer, ours: Answer): boolean {
  const same = reference.status === ours.status && reference.json?.code === ours.json?.code;
  const [a, b] = [failedPlace(reference), failedPlace(ours)];
  return same && a !== undefined && a === b;
}

/** The place that a failed validation is about. */
function failedPlace({ json }: Answer): string | undefined {
  try {
    const failure = JSON.parse(json.message);
    return String((Array.isArray(failure) ? failure[0] : failure).path);
  } catch {
    return undefined;
  }
}
