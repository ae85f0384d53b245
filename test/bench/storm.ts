import type { BenchOptions } from "./options.ts";
import { Population } from "./population.ts";
import { openServers, type Server, untilListed } from "./servers.ts";
import { table } from "./table.ts";

/** Many clients come at once and leave at once: how fast that is, and how long until the list says so. */
export async function storm(options: BenchOptions): Promise<string> {
  const { servers, close } = await openServers(options);
  const rows: string[][] = [];
  for (const server of servers) rows.push([server.name, ...(await weather(server, options.storm))]);
  await close();
  const head = ["server", "connects/s", "listed after ms", "disconnects/s", "list empty after ms"];
  const title = `## ${options.storm.toLocaleString("en")} clients come and go, 50 at a time`;
  return `${title}\n\n${table(head, rows)}`;
}

async function weather(server: Server, count: number): Promise<string[]> {
  const population = new Population(server.mqtt, `storm-${process.pid}-`);
  const rate = (milliseconds: number) => Math.round((count / milliseconds) * 1_000).toString();
  const connected = await population.connect(count);
  const listed = await untilListed(server, count);
  const left = await population.disconnect();
  const empty = await untilListed(server, 0);
  await population.end();
  return [rate(connected), listed.toFixed(0), rate(left), empty.toFixed(0)];
}
