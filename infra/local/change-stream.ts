import {
  Agent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from "node:http";
import { setImmediate } from "node:timers/promises";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { ItemChange } from "../../lib/store/directory-feed.ts";

type Item = Record<string, AttributeValue>;

/** What the requests that write one item have in common. */
interface Write {
  TableName?: string;
  Item?: Item;
  Key?: Item;
  ReturnValues?: string;
}

/**
 * Plays the change stream of a table, which the embedded DynamoDB lacks, by standing in front of it: each PutItem and
 * DeleteItem on the table is told with the item before and after it, whoever makes it. Other writes of items that are
 * listed are not used.
 */
export class ChangeStream {
  readonly #database: Server;
  readonly #table: string;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #listeners: ((change: ItemChange) => void)[] = [];
  readonly #unanswered = new Set<Promise<void>>();
  #sequence = 0;
  /** Takes the place of the database's own server. */
  readonly server: Server;

  constructor(database: Server, port: number, table: string) {
    this.#database = database;
    this.#port = port;
    this.#table = table;
    this.server = createServer((request, response) => this.#receive(request, response));
  }

  /** Tells of each change from now on, before whoever made it has its answer. */
  watch(listener: (change: ItemChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Ends once what has been asked is answered: dynalite does not bear to be closed in the middle of it. */
  async close(): Promise<void> {
    this.server.close();
    while (this.#unanswered.size > 0) await Promise.all(this.#unanswered);
    // The last answer leaves at the end of this turn of the event loop.
    await setImmediate();
    this.#agent.destroy();
    this.server.closeAllConnections();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const answered = new Promise<void>((resolve) => response.once("close", resolve));
    this.#unanswered.add(answered);
    void answered.then(() => this.#unanswered.delete(answered));
    const operation = String(request.headers["x-amz-target"]).split(".")[1];
    if (operation === "PutItem" || operation === "DeleteItem") {
      this.#write(request, response).catch(() => response.destroy());
    } else this.#database.emit("request", request, response);
  }

  async #write(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readAll(request);
    const write = JSON.parse(asked) as Write;
    const watched = write.TableName === this.#table;
    const body = watched ? JSON.stringify({ ...write, ReturnValues: "ALL_OLD" }) : asked;
    const answer = await this.#forward(request, body);
    const text = await readAll(answer);
    if (watched && answer.statusCode === 200) this.#tell(write, JSON.parse(text).Attributes);
    response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
  }

  #forward(request: IncomingMessage, body: string): Promise<IncomingMessage> {
    const headers = { ...request.headers, "content-length": String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.#port, method: "POST", headers, agent: this.#agent };
      send(options, resolve).on("error", reject).end(body);
    });
  }

  #tell({ Item, Key }: Write, before: Item | undefined): void {
    const { pk, sk } = unmarshall(Item ?? Key ?? {});
    this.#sequence += 1;
    const change: ItemChange = {
      ...{ pk, sk },
      before: before && unmarshall(before),
      after: Item && unmarshall(Item),
      sequence: String(this.#sequence).padStart(20, "0"),
    };
    for (const listener of this.#listeners) listener(change);
  }
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
