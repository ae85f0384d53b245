import type { ErrorCode } from "../contract/errors.ts";

/** A failure that the caller is told of. Everything else that is thrown is our own fault and becomes a 500. */
export class HttpError extends Error {
  readonly status: number;
  /** Absent where EMQX sends no body. */
  readonly code: ErrorCode | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code?: ErrorCode, message = "", headers: Record<string, string> = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** No operation has this path; the body of the 404 depends on what the caller accepts. */
export class UnknownPath extends Error {
  override readonly name = "UnknownPath";
}
