import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { log } from "../../lib/log.ts";

/**
 * Takes what the deployed bundles send to the queue of delayed messages, as SQS does, and forgets it: the timer
 * follows the table.
 */
export function delayQueueServer(): Server {
  return createServer((request, response) => {
    answer(request, response).catch((error) => {
      log("error", "the played queue failed", { error });
      response.writeHead(500).end();
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { MessageBody = "" } = (await json(request)) as { MessageBody?: string };
  const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
  response.setHeader("content-type", "application/x-amz-json-1.0");
  response.end(JSON.stringify({ MessageId: MD5OfMessageBody, MD5OfMessageBody }));
}
