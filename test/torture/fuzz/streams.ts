import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../random.ts";

const lines = [
  ...["GET /api/v5/nodes HTTP/1.1", "GET /api/v5/clients?limit=1 HTTP/1.0", "HEAD /api/v5/status HTTP/1.1"],
  ...["POST /api/v5/publish HTTP/1.1", "POST /api/v5/publish HTTP/1.1", "POST /api/v5/publish/bulk HTTP/1.1"],
  ...[
    "GET http://other/api/v5/nodes HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "CONNECT a:1 HTTP/1.1",
    "GET / HTTP/9.9",
  ],
  ...["GET  /api/v5/nodes HTTP/1.1", "GET /api/v5/nodes", "get /api/v5/nodes HTTP/1.1", "\0\x01\x02", ""],
  `GET /api/v5/${"a".repeat(20_000)} HTTP/1.1`,
];

const body = '{"topic":"fleet/t","payload":"x"}';
const chunked = (text: string, size: number) =>
  `${(text.match(new RegExp(`.{1,${size}}`, "g")) ?? []).map((it) => `${it.length.toString(16)}\r\n${it}\r\n`).join("")}0\r\n\r\n`;

/** A head and what follows it: right, and wrong in how long the body is said to be. */
const framings: readonly (readonly [head: string, body: string])[] = [
  [`Content-Length: ${body.length}`, body],
  [`Content-Length: ${body.length}`, body.slice(0, 5)],
  [`Content-Length: ${body.length - 1}`, body],
  ["Content-Length: -1", body],
  ["Content-Length: 99999999999999999999", body],
  ["Content-Length: 1, 2", body],
  ["Transfer-Encoding: chunked", chunked(body, 7)],
  ["Transfer-Encoding: chunked", chunked(body, 1)],
  ["Transfer-Encoding: chunked", "zz\r\nx\r\n0\r\n\r\n"],
  ["Transfer-Encoding: chunked", "ffffffffffff\r\nx"],
  ["Transfer-Encoding: chunked\r\nContent-Length: 3", chunked(body, 9)],
  ["Transfer-Encoding: gzip, chunked", chunked(body, 9)],
  ["Transfer-Encoding: identity", body],
  ["Expect: 100-continue\r\nContent-Length: 2", "{}"],
  ["Expect: nothing\r\nContent-Length: 2", "{}"],
  ["Content-Encoding: gzip\r\nContent-Length: 2", "\x1f\x8b"],
  ["Upgrade: websocket\r\nConnection: Upgrade", ""],
  ["Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk", ""],
  ["", ""],
];

const oddLines = [
  ...[
    "Host: a\r\nHost: b",
    "Host:",
    "X: \0",
    "X : y",
    " folded: yes",
    ": none",
    "X",
    `X: ${"y".repeat(9_000)}`,
  ],
  ...["Connection: close", "Connection: keep-alive, x", "TE: trailers", "Content-Type: application/json", ""],
];

/** One to three requests of HTTP/1 as the bytes of a connection, mostly well-formed. */
export function httpBytes(random: Random, authorization: string): string {
  const requests = Array.from({ length: 1 + random.number(3) }, () => {
    const [framing, content] = random.pick(framings);
    const odd = random.chance(0.4) ? random.pick(oddLines) : "Content-Type: application/json";
    const head = [random.pick(lines), "Host: fleetgate", `Authorization: ${authorization}`, framing, odd];
    const newline = random.chance(0.05) ? "\n" : "\r\n";
    return head.filter((line) => line !== "").join(newline) + newline + newline + content;
  });
  return requests.join("");
}

/** The upgrade of a connection to MQTT over WebSocket, followed by frames that may be malformed. */
export function webSocketBytes(random: Random, packets: Buffer): Buffer {
  const path = random.pick(["/mqtt", "/mqtt", "/mqtt", "/", "/mqtt?a=b"]);
  const protocol = random.pick(["mqtt", "mqtt", "mqttv3.1", "x", ""]);
  const head = [
    ...[`GET ${path} HTTP/1.1`, "Host: fleetgate", "Upgrade: websocket", "Connection: Upgrade"],
    `Sec-WebSocket-Key: ${random.pick(["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==", "x", ""])}`,
    `Sec-WebSocket-Version: ${random.pick([13, 13, 13, 8, "x"])}`,
    ...(protocol === "" ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  const frames = Array.from({ length: 1 + random.number(3) }, () => frame(random, packets));
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), ...frames]);
}

/** A frame, binary and masked as it must be, or of another kind. */
function frame(random: Random, payload: Buffer): Buffer {
  const opcode = random.pick([0x82, 0x82, 0x82, 0x02, 0x00, 0x80, 0x81, 0x88, 0x89, 0x8a, 0xf2, 0x83]);
  const isMasked = !random.chance(0.1);
  const content = payload.subarray(0, random.pick([125, 60, 0, 1]));
  const said = random.chance(0.1) ? random.number(127) : content.length;
  const mask = Buffer.from([1, 2, 3, 4]);
  const hidden = content.map((byte, n) => (isMasked ? byte ^ (mask[n % 4] ?? 0) : byte));
  return Buffer.concat([
    Buffer.from([opcode, said | (isMasked ? 0x80 : 0)]),
    ...(isMasked ? [mask] : []),
    hidden,
  ]);
}

/** How long a connection is kept for what may be answered, in milliseconds. */
const lingers = 40;

/** Sends bytes to a port in one or two pieces; returns the status lines that were answered. */
export async function sendStream(address: string, bytes: string | Buffer, pieces: 1 | 2): Promise<string[]> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.on("error", () => {});
  socket.on("data", (data) => {
    answer += data.toString("latin1");
  });
  const all = Buffer.from(bytes as string, "latin1");
  const half = pieces === 1 ? all.length : Math.floor(all.length / 2);
  socket.write(all.subarray(0, half));
  await sleep(lingers);
  if (half < all.length) {
    socket.write(all.subarray(half));
    await sleep(lingers);
  }
  socket.destroy();
  return answer.match(/^HTTP\/1\.1 \d{3}[^\r\n]*/gm) ?? [];
}

/** A line that sends the bytes again. */
export const streamLine = (address: string, bytes: string | Buffer) => {
  const { hostname, port } = new URL(address);
  return `echo ${Buffer.from(bytes as string, "latin1").toString("base64")} | base64 -d | nc -q1 ${hostname} ${port}`;
};
