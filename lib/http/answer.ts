import type { HttpAnswer } from "./http-request.ts";

/** An operation's answer, made by its `answer` function. */
export class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Writes an answer as JSON, or as it is where the operation names another content type. */
export function writeAnswer({ status, body, headers }: Answer): HttpAnswer {
  if (body === undefined) return { statusCode: status, headers: { ...headers }, body: "" };
  const written = { "content-type": "application/json", ...headers };
  const json = written["content-type"] === "application/json";
  return { statusCode: status, headers: written, body: json ? JSON.stringify(body) : String(body) };
}
