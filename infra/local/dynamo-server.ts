import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { log } from "../../lib/log.ts";
import { type Dynamo, DynamoError, type Json } from "./dynamo-engine.ts";

/** Serves a database over HTTP as DynamoDB does, for clients in other processes. Signatures are not looked at. */
export function dynamoServer(dynamo: Dynamo): Server {
  return createServer((request, response) => {
    answer(dynamo, request).then(
      (output) => write(response, 200, output),
      (error) => {
        if (error instanceof DynamoError) return write(response, error.statusCode, error.body);
        log("error", "the embedded DynamoDB failed", { error });
        write(response, 500, { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError" });
      },
    );
  });
}

async function answer(dynamo: Dynamo, request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
  return dynamo.call(operation, parse(Buffer.concat(chunks).toString()));
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const body = { __type: "com.amazon.coral.service#SerializationException" };
    throw new DynamoError({ statusCode: 400, body });
  }
}

function write(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}
