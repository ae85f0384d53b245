import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Program, temporaryFolder } from "../support/program.ts";
import { LoadGenerator } from "./load.ts";
import type { BenchOptions, Reference } from "./options.ts";

/** Requests at the same time at one server. */
const concurrency = 8;

/** A server that is measured. */
export interface Server {
  name: string;
  mqtt: string;
  load: LoadGenerator;
}

/** The started program, and the EMQX beside it if one is named. `close` ends the program and lets go of both. */
export async function openServers({ reference, cpuProf }: BenchOptions) {
  const { program, address } = await startFleetgate(cpuProf);
  const open = (name: string, { base, mqtt, key }: Reference): Server => ({
    name,
    mqtt,
    load: new LoadGenerator({ base, key }, concurrency),
  });
  const servers = [open("Fleetgate", address), ...(reference ? [open("EMQX", reference)] : [])];
  const close = async () => {
    for (const { load } of servers) load.close();
    await program.interrupt();
  };
  return { servers, program, close };
}

/** Number of clients that a server lists. */
export async function countOfClients({ load }: Server): Promise<number> {
  const { text } = await load.call({ method: "GET", path: "/clients?limit=1" });
  return (JSON.parse(text) as { meta: { count: number } }).meta.count;
}

/** Waits until a server lists so many clients; resolves with the milliseconds that it took. */
export async function untilListed(server: Server, count: number): Promise<number> {
  const begin = performance.now();
  while ((await countOfClients(server)) !== count) await sleep(20);
  return performance.now() - begin;
}

async function startFleetgate(
  cpuProf: string | undefined,
): Promise<{ program: Program; address: Reference }> {
  const folder = await temporaryFolder();
  const key = "bench:bench-secret";
  await writeFile(join(folder, "keys"), `${key}:administrator\n`);
  if (cpuProf) process.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${resolve(cpuProf)}`;
  const program = await Program.start(join(folder, "data"), "--bootstrap-file", join(folder, "keys"));
  delete process.env.NODE_OPTIONS;
  const base = new URL(program.address("http:")).origin;
  return { program, address: { base, mqtt: program.address("mqtt:"), key } };
}
