import type { LocalOptions } from "../../infra/local/start.ts";
import { temporaryFolder } from "./program.ts";

/** Options of a local environment on free ports, with a new data folder unless one is given. */
export async function localOptions(given: Partial<LocalOptions> = {}): Promise<LocalOptions> {
  return {
    host: "127.0.0.1",
    httpPort: 0,
    mqttPort: 0,
    wsPort: 0,
    data: given.data ?? (await temporaryFolder()),
    dashboardUsername: "admin",
    nodeName: "emqx@127.0.0.1",
    swaggerSupport: false,
    ...given,
  };
}
