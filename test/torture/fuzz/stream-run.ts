import type { Random } from "../random.ts";
import { packetBytes } from "./packets.ts";
import { httpBytes, sendStream, streamLine, webSocketBytes } from "./streams.ts";

/** Connections of each round, and how many of them at a time. */
const connections = 200;
const lanes = 4;

/** Where to connect to, and an `Authorization` header that is good. */
interface StreamTargets {
  http: string;
  webSocket: string;
  authorization: string;
}

/** Sends bytes that a client library would not send; each status of 5xx that is answered is a failure. */
export async function playStreams(
  random: Random,
  { http, webSocket, authorization }: StreamTargets,
  isOver: () => boolean,
): Promise<{ sent: number; failures: string[] }> {
  const failures = new Map<string, string>();
  let sent = 0;
  const lane = async () => {
    for (; sent < connections && !isOver(); ) {
      sent += 1;
      const isHttp = sent % 3 !== 0;
      const packets = packetBytes(random);
      const bytes = isHttp ? httpBytes(random, authorization) : webSocketBytes(random, packets);
      const address = isHttp ? http : webSocket;
      const answers = await sendStream(address, bytes, random.chance(0.2) ? 2 : 1);
      const failed = answers.find((line) => / 5\d\d/.test(line));
      if (failed) failures.set(failed, `${failed}: ${streamLine(address, bytes)}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { sent, failures: [...failures.values()] };
}
