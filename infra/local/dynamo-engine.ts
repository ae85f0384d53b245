import { createRequire } from "node:module";
import { create, type DynaliteStore } from "dynalite/db/index.js";
import { checkTypes, checkValidations } from "dynalite/validations/index.js";
import { valueStream } from "./value-stream.ts";

/** Fields of a request or an answer of DynamoDB, as they stand in its JSON. */
export type Json = Record<string, unknown>;

/** Answers requests of DynamoDB. Fails with a `DynamoError` where DynamoDB answers with an error. */
export interface Dynamo {
  call(operation: string, input: Json): Promise<Json>;
}

/** An error that DynamoDB answers with. */
export class DynamoError extends Error {
  readonly statusCode: number;
  /** As it stands in the JSON of the answer. */
  readonly body: Json & { __type: string };

  constructor({ statusCode, body }: Refusal) {
    super(String(body.message ?? body.Message ?? ""));
    this.name = body.__type.split("#").at(-1) ?? "";
    this.statusCode = statusCode;
    this.body = body;
  }
}

interface Refusal {
  statusCode: number;
  body: Json & { __type: string };
}

/** One operation, in dynalite's terms. */
interface Operation {
  types: Json;
  custom: unknown;
  run(store: DynaliteStore, input: Json, done: (error: unknown, output: Json) => void): void;
}

const names = [
  ...["GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchGetItem", "BatchWriteItem", "Query", "Scan"],
  ...["CreateTable", "DescribeTable", "ListTables"],
];

const operations = new Map(names.map((name) => [name, load(name)]));

/**
 * DynamoDB's operations as dynalite does them, without its HTTP server: between a caller in this process and the data
 * there is neither a connection nor a signature.
 */
export class DynamoEngine implements Dynamo {
  readonly #store: DynaliteStore;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  /** Opens the data in a folder, or in memory without one. */
  static async open(folder?: string): Promise<DynamoEngine> {
    const immediate = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
    const store = create({ ...immediate, ...(folder !== undefined && { path: folder }) });
    await store.db.open();
    readFaster(store);
    return new DynamoEngine(store);
  }

  private constructor(store: DynaliteStore) {
    this.#store = store;
  }

  async call(name: string, input: Json): Promise<Json> {
    if (this.#closed) throw new Error("The database is closed");
    const operation = operations.get(name);
    if (!operation) throw new DynamoError(unknownOperation);
    const running = this.#run(operation, input);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw isRefusal(error) ? new DynamoError(error) : error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Ends once what has been asked is answered. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#store.lifecycleManager.gracefulClose();
  }

  async #run({ types, custom, run }: Operation, input: Json): Promise<Json> {
    const checked = checkTypes({ ...input }, types);
    checkValidations(checked, types, custom, this.#store);
    return new Promise((resolve, reject) => {
      run(this.#store, checked, (error, output) => (error ? reject(error) : resolve(output)));
    });
  }
}

/**
 * Changes how dynalite reads: tables once, ranges in batches, and single values at once, because to hand a read of some microseconds
 * to another thread and back takes several times as long.
 */
function readFaster(store: DynaliteStore): void {
  rememberTables(store);
  const { db } = store;
  db.createValueStream = (options) => valueStream(db, options);
  db.get = (key, done) => {
    try {
      process.nextTick(done, null, db.getSync(key));
    } catch (error) {
      process.nextTick(done, error);
    }
  };
}

/** A table that can be used stays as it is: none of the operations here changes one. */
function rememberTables(store: DynaliteStore): void {
  const known = new Map<string, unknown>();
  const { getTable } = store;
  store.getTable = (name, ...rest) => {
    const [done] = rest;
    if (typeof done !== "function") return getTable(name, ...rest);
    if (known.has(name)) return process.nextTick(done, null, known.get(name));
    getTable(name, (error, table) => {
      if (!error) known.set(name, table);
      done(error, table);
    });
  };
}

const unknownOperation: Refusal = {
  statusCode: 400,
  body: { __type: "com.amazon.coral.service#UnknownOperationException" },
};

const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && "statusCode" in error && "body" in error;

function load(name: string): Operation {
  const require = createRequire(import.meta.url);
  const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
  const { types, custom } = require(`dynalite/validations/${file}`) as Pick<Operation, "types" | "custom">;
  return { types, custom, run: require(`dynalite/actions/${file}`) as Operation["run"] };
}
