import { randomInt } from "node:crypto";
import type { Client } from "aedes";
import { AedesClient } from "./aedes-client.ts";
import type { Connection } from "./connection.ts";

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Gives an id to a client that has brought none: 16 letters and digits, as EMQX does. [MQTT-3.1.3-6] */
export function nameClient(client: Client, connection: Connection): void {
  const clientid = Array.from({ length: 16 }, () => letters[randomInt(letters.length)]).join("");
  new AedesClient(client).rename(clientid);
  connection.clientid = clientid;
}
