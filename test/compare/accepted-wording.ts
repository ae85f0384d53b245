import type { Accepted, Divergence } from "./accepted.ts";
import type { Answer } from "./target.ts";

/** Where both refuse a request with the same status and code, and say so in other words. */
export const wording: readonly Accepted[] = [
  {
    reason: "a failed validation names the same place; its details come from reading Erlang terms in EMQX",
    holds: ({ answers: { reference, ours }, difference: { place } }) =>
      place.startsWith("body.message") && samePlace(reference, ours),
  },
  {
    reason: "EMQX writes failures of settings as Erlang terms; ours as JSON, about the same place",
    holds: (divergence) => {
      const { reference, ours } = divergence.answers;
      return (
        isAboutText(divergence) &&
        namedPath(reference) !== undefined &&
        namedPath(reference) === namedPath(ours)
      );
    },
  },
  {
    reason: "Erlang breaks long terms into lines",
    holds: (divergence) => {
      const { reference, ours } = divergence.difference;
      return isAboutText(divergence) && closedUp(reference) === closedUp(ours);
    },
  },
  {
    reason: "the text of a refused ban is unreadable in EMQX",
    holds: (divergence) =>
      divergence.request.method === "POST" &&
      divergence.request.path === "/banned" &&
      isAboutText(divergence),
  },
  {
    reason: "the text for a bad node depends on what names EMQX has seen",
    holds: ({ answers: { ours }, difference: { place } }) =>
      place === "body.message" && ours.json?.code === "NODE_DOWN",
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

/** The place that a text names within, as JSON or as an Erlang term. */
const namedPath = ({ json }: Answer) =>
  /"path":"([^"]*)"|path =>\s*\\*"([^"\\]*)/
    .exec(String(json?.message))
    ?.slice(1)
    .find((path) => path !== undefined);

const closedUp = (text: unknown) => (typeof text === "string" ? text.replace(/\s+/g, "") : undefined);
