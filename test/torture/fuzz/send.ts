import { Agent, type IncomingHttpHeaders, request as open } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync, inflateSync } from "node:zlib";
import type { FuzzRequest } from "./requests.ts";

export interface FuzzAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Decompressed. */
  bytes: Buffer;
}

/** How long an answer may take, in milliseconds; API Gateway gives up before. */
const patience = 35_000;

const agent = new Agent({ keepAlive: true });

/** Sends a request as it stands: no dot segment is resolved, nothing is encoded. Throws if no answer comes. */
export function sendRaw(
  origin: string,
  { method, path, headers, body }: FuzzRequest,
  authorization: string | undefined,
): Promise<FuzzAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = open({
      ...{ hostname, port, method, agent },
      path: path.startsWith("//") ? path.slice(1) : `/api/v5${path}`,
      headers: {
        ...headers,
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
      },
      timeout: patience,
    });
    let answered = false;
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${patience / 1_000} s`)));
    // Who refuses a body while it is being sent may reset the connection after its answer.
    sent.on("error", (error) => !answered && reject(error));
    sent.on("response", (response) => {
      answered = true;
      buffer(response).then((received) => {
        const { headers: answer, statusCode: status = 0 } = response;
        resolve({ status, headers: answer, bytes: decompress(received, answer["content-encoding"]) });
      }, reject);
    });
    sent.end(body);
  });
}

/** Ends the connections. */
export const hangUp = () => agent.destroy();

function decompress(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "deflate" ? inflateSync(bytes) : bytes;
}
