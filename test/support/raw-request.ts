import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface RawRequest {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Sends a request line as it stands: unlike `fetch`, no dot segment is resolved and no header is added. */
export async function rawRequest(
  base: string,
  path: string,
  { method = "GET", headers = {}, body }: RawRequest = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const sent = request({ hostname, port, path, method, headers: { ...length, ...headers }, agent: false });
  const answered = once(sent, "response");
  // A server that refuses a body while it is being sent may reset the connection after its answer.
  sent.on("error", () => {});
  sent.end(body);
  const [response] = (await answered) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

/** The value of an `Authorization` header for an API key. */
export function basic(api_key: string, secret = "secret"): string {
  return `Basic ${Buffer.from(`${api_key}:${secret}`).toString("base64")}`;
}
