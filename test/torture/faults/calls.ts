/** A call of the API, below `/api/v5`. */
export interface Call {
  method: string;
  path: string;
  body?: unknown;
  /** In place of the administrator's token. */
  authorization?: string;
}

export interface CallAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape
  json: any;
}

/** Sends a call. */
export async function send(base: string, token: string, call: Call): Promise<CallAnswer> {
  const { method, path, body, authorization = `Bearer ${token}` } = call;
  const response = await fetch(`${base}/api/v5${path}`, {
    method,
    headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? undefined : parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * What is wrong with an answer, whatever was asked: a failure is a 503 that says when to try again, or, only where a
 * fault was of a kind that nobody foresaw, a 500.
 */
export function answerProblem(
  { status, headers, json }: CallAnswer,
  unforeseen: boolean,
): string | undefined {
  if (status === 401 || status === 403) return `${status} for an administrator`;
  if (status < 500) return undefined;
  const { code, message, reason, reason_code } = json ?? {};
  if (status === 503 && reason_code !== undefined) return undefined;
  if (message === undefined || message !== reason) return `${status} of another shape`;
  if (status === 503 && code === "SERVICE_UNAVAILABLE") {
    return headers.get("retry-after") ? undefined : "503 without Retry-After";
  }
  return status === 500 && code === "INTERNAL_ERROR" && unforeseen ? undefined : `${status} ${code}`;
}
