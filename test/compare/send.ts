import { Agent, type OutgoingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync, inflateSync } from "node:zlib";

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** An answer, decompressed. */
export interface Sent {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends a request whose URL is kept as it is written. */
export function send(
  url: string,
  method: string,
  body: string | undefined,
  headers: OutgoingHttpHeaders,
): Promise<Sent> {
  const [, host = "", port = "", path = ""] = /^http:\/\/([^/:]+):?(\d*)(\/.*)$/.exec(url) ?? [];
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({ host, port, method, path, agent, headers: { ...length, ...headers } });
    let answered = false;
    // Who refuses a body while it is being sent may reset the connection after its answer.
    sent.on("error", (error) => {
      if (!answered)
        resolve({ status: 0, headers: {}, text: `no answer: ${(error as NodeJS.ErrnoException).code}` });
    });
    sent.on("response", (response) => {
      answered = true;
      const given = Object.entries(response.headers).map(([name, value]) => [
        name,
        [value].flat().join(", "),
      ]);
      const readable = (bytes: Buffer) => `${decompress(bytes, response.headers["content-encoding"])}`;
      buffer(response).then(
        (bytes) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(given),
            text: readable(bytes),
          }),
        reject,
      );
    });
    sent.end(body);
  });
}

function decompress(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "deflate" ? inflateSync(bytes) : bytes;
}
