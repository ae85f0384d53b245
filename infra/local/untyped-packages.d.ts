declare module "dynalite/db/index.js" {
  import type { Stream } from "node:stream";

  interface Level {
    values(options: object): { nextv(size: number): Promise<unknown[]>; close(): Promise<void> };
    open(): Promise<void>;
    getSync(key: string): unknown;
    createValueStream(options: object): Stream;
    get(key: string, done: (error: unknown, value?: unknown) => void): void;
  }

  type Done = (error: unknown, table?: unknown) => void;

  /** The tables, with what dynalite's operations need to work on them. */
  export interface DynaliteStore {
    db: Level;
    /** The definition of a table; without the flag, only of one that can be used. */
    getTable(name: string, ...rest: [Done] | [checkStatus: boolean, Done]): void;
    lifecycleManager: { gracefulClose(): Promise<void> };
  }

  export function create(options: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): DynaliteStore;
}

declare module "dynalite/validations/index.js" {
  import type { DynaliteStore } from "dynalite/db/index.js";

  type Json = Record<string, unknown>;

  /** The fields that an operation has, checked for their types. Changes what it is given. */
  export function checkTypes(input: Json, types: Json): Json;

  /** Fails if the fields have values that they cannot have. */
  export function checkValidations(input: Json, types: Json, custom: unknown, store: DynaliteStore): void;
}

declare module "aedes-persistence-level" {
  import type { Level } from "level";
  import type { AedesPersistence } from "../../lib/broker/embedded/kept-state.ts";

  export default function persistence(database: Level): AedesPersistence;
}
