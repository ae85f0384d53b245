import type { Accepted, Divergence } from "./accepted.ts";

/** Where both refuse a request with the same status and code, and say so in other words. */
export const wording: readonly Accepted[] = [
  {
    reason: "EMQX fails while it describes the failure, and describes that",
    holds: ({ request: { method, path }, difference: { place, reference }, answers: { ours } }) =>
      /^(GET|POST|PUT|DELETE) \/api_key(\/a%00b)?$/.test(`${method} ${path}`) &&
      place.startsWith("body.message.said.reason") &&
      (/\.(exception|stacktrace)$/.test(place) || reference === undefined) &&
      ours.status === 400,
  },
  {
    reason: "a parameter without `=` reaches a function as an empty one",
    holds: (divergence) => /[?&]limit(&|$)/.test(divergence.request.path) && isAboutText(divergence),
  },
  {
    reason: "what is wrong with a range of addresses is told; EMQX says `function_clause`",
    holds: (divergence) =>
      divergence.request.method === "POST" &&
      divergence.request.path === "/banned" &&
      divergence.difference.reference === "function_clause" &&
      isAboutText(divergence),
  },
  {
    reason: "of the settings of the retainer that are missing, EMQX names hidden ones",
    holds: (divergence) =>
      divergence.request.path === "/mqtt/retainer" &&
      divergence.difference.place === "body.message.said.unmatched" &&
      isAboutText(divergence),
  },
  {
    reason: "a rate that is no text is described as a wrong type; EMQX gives an empty reason",
    holds: (divergence) =>
      divergence.request.path === "/mqtt/retainer" &&
      divergence.difference.place === "body.message.said.reason" &&
      Array.isArray(divergence.difference.reference) &&
      isAboutText(divergence),
  },
  {
    reason:
      "an action of topic metrics that is no text is described as a wrong word; in EMQX as a wrong type",
    holds: (divergence) =>
      divergence.request.path === "/mqtt/topic_metrics" &&
      /^body\.message\.said\.reason/.test(divergence.difference.place) &&
      isAboutText(divergence),
  },
  {
    reason: "EMQX writes the id of a delayed message that it does not find as raw bytes",
    holds: (divergence) =>
      divergence.request.method === "DELETE" &&
      divergence.request.path.startsWith("/mqtt/delayed/messages/") &&
      divergence.answers.ours.json?.code === "MESSAGE_ID_NOT_FOUND" &&
      isAboutText(divergence),
  },
];

/** Whether the answers are the same but for the text of their message. */
function isAboutText({ answers: { reference, ours }, difference: { place } }: Divergence): boolean {
  const same = reference.status === ours.status && reference.json?.code === ours.json?.code;
  return same && ours.status >= 400 && place.startsWith("body.message");
}
