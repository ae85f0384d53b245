declare module "dynalite" {
  import type { Server } from "node:http";

  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}

declare module "aedes-persistence-level" {
  import type { Level } from "level";
  import type { AedesPersistence } from "../../lib/broker/embedded/kept-state.ts";

  export default function persistence(database: Level): AedesPersistence;
}
