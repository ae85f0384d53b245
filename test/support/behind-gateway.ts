import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createGateway, type DeployedFunction } from "../../infra/local/gateway.ts";

export interface ServedFunctions {
  base: string;
  close(): void;
}

/** Puts functions behind a local gateway, for what no resource of the API shows by itself. */
export async function behindGateway(...functions: DeployedFunction[]): Promise<ServedFunctions> {
  const server = createGateway(functions);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
