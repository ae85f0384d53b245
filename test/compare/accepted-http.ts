import type { Accepted } from "./accepted.ts";

/** Where the HTTP of API Gateway, and of the functions behind it, is another one than that of EMQX's server. */
export const http: readonly Accepted[] = [
  {
    reason: "an unknown method is a 405 with `allow`; EMQX answers 500 or 501",
    holds: ({ request: { method }, answers: { reference, ours } }) =>
      /^(OPTIONS|TRACE|PROPFIND)$/.test(method) &&
      /^50[01]$/.test(String(reference.status)) &&
      ours.status === 405,
  },
  {
    reason: "an empty segment at the end of a path names nothing; EMQX takes it for a name",
    holds: ({ request: { path }, answers: { ours } }) => /[^/]\/\/$/.test(path) && ours.status === 404,
  },
  {
    reason: "dot segments are not resolved; clients do that before they send a request",
    holds: ({ request: { path }, answers: { ours } }) =>
      /\/(\.|%2e){1,2}(\/|$)/i.test(path) && ours.status === 404,
  },
  {
    reason: "bytes of a path that are no UTF-8 are kept as they were sent",
    holds: ({ request: { path }, difference: { place } }) =>
      /%ff/i.test(path) && place === "body.message.said.value",
  },
  {
    reason:
      "an unparsable content type, or multipart, is a 415, and its parameters do not matter; EMQX answers 400 without a body",
    holds: ({ request: { headers }, answers: { reference, ours } }) =>
      headers?.["content-type"] !== undefined &&
      !/^(?!multipart)[\w.+-]+\/[\w.+-]+( *; *[\w-]+=[^;]+)*$/.test(headers["content-type"]) &&
      reference.status === 400 &&
      reference.text === "" &&
      (ours.status === 415 || ours.status === 202),
  },
  {
    reason: "a body is JSON by its standard: without commas at the end and single quotes, in valid Unicode",
    holds: ({ request: { path, body }, answers: { reference, ours } }) =>
      path === "/publish" &&
      typeof body === "string" &&
      /,\}$|'|\\ud800/.test(body) &&
      reference.status === 202 &&
      ours.status === 400,
  },
  {
    reason: "the embedded broker takes topics of 100 levels at most",
    holds: ({ request: { path, body }, answers: { reference, ours } }) =>
      path === "/publish" &&
      String((body as { topic?: unknown }).topic).split("/").length > 100 &&
      reference.status === 202 &&
      ours.status === 400,
  },
  {
    reason: "an unparsable Authorization header is a documented 401, not a 400 without a body",
    holds: ({ request: { as }, answers: { reference, ours } }) =>
      typeof as === "object" && reference.status === 400 && reference.text === "" && ours.status === 401,
  },
];
