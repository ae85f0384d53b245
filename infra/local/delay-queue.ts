import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";

/**
 * Takes what the deployed bundles send to the queue of delayed messages, as SQS does, and forgets it: the timer
 * follows the table.
 */
export function delayQueueServer(): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { MessageBody = "" } = JSON.parse(Buffer.concat(chunks).toString() || "{}") as {
      MessageBody?: string;
    };
    const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ MessageId: MD5OfMessageBody, MD5OfMessageBody }));
  });
}
