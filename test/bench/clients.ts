/**
 * A process full of MQTT clients, told what to do on its standard input:
 *
 *     node test/bench/clients.ts <url> <prefix>
 *
 * `in <number>` connects so many, `subscribe` subscribes each to its two filters, `out` disconnects all. Each is
 * answered with a line of JSON: the milliseconds that it took.
 */
import { createInterface } from "node:readline";
import mqtt, { type MqttClient } from "mqtt";
import { filtersOfClient, inBatches } from "./population.ts";

const [url = "", prefix = ""] = process.argv.slice(2);
const clients: MqttClient[] = [];

const commands: Record<string, (count: number) => Promise<unknown>> = {
  in: (count) =>
    inBatches(
      Array.from({ length: count }, (_, n) => n),
      async (n) => {
        const options = {
          clientId: `${prefix}${n}`,
          username: `user-${n % 10}`,
          keepalive: 0,
          reconnectPeriod: 0,
        };
        const client = await mqtt.connectAsync(url, options);
        client.on("error", () => {});
        clients.push(client);
      },
    ),
  subscribe: () =>
    inBatches(clients, (client) =>
      client.subscribeAsync(filtersOfClient(client.options.clientId), { qos: 1 }),
    ),
  out: () => inBatches(clients.splice(0), (client) => client.endAsync()),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name = "", count] = line.split(" ");
  const begin = performance.now();
  await commands[name]?.(Number(count));
  process.stdout.write(`${JSON.stringify({ milliseconds: performance.now() - begin })}\n`);
}
process.exit(0);
