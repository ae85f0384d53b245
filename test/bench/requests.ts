import type { LoadRequest } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { filtersOfClient, Population } from "./population.ts";
import { openServers, type Server, untilListed } from "./servers.ts";
import { table } from "./table.ts";

const get = (path: string): LoadRequest => ({ method: "GET", path });

function linesFor(prefix: string, clients: number): Record<string, LoadRequest> {
  const one = `${prefix}${Math.floor(clients / 2)}`;
  const lastPage = Math.ceil(clients / 100);
  const message = (qos: number) => ({ topic: filtersOfClient(one)[0], payload: "hello", qos });
  return {
    "GET one client": get(`/clients/${one}`),
    "GET 100 clients, first page": get("/clients?limit=100"),
    "GET 100 clients, last page": get(`/clients?limit=100&page=${lastPage}`),
    "GET /clients?limit=10000": get("/clients?limit=10000"),
    "GET /clients?like_clientid=": get(`/clients?limit=100&like_clientid=${one}`),
    "GET 100 subscriptions": get("/subscriptions?limit=100"),
    "POST publish, QoS 0": { method: "POST", path: "/publish", body: message(0) },
    "POST publish, QoS 1": { method: "POST", path: "/publish", body: message(1) },
  };
}

/** Requests per second and latencies at each server, one after the other, with connected clients. */
export async function requests(options: BenchOptions): Promise<string> {
  const { clients } = options;
  const { servers, close } = await openServers(options);
  const populations: Population[] = [];
  const prefix = `bench-${process.pid}-`;
  for (const server of servers) {
    const population = new Population(server.mqtt, prefix);
    await population.connect(clients);
    await population.subscribe();
    await untilListed(server, clients);
    populations.push(population);
  }
  const rows: string[][] = [];
  for (const [name, request] of Object.entries(linesFor(prefix, clients))) {
    rows.push([name, ...(await measure(servers, request, options.seconds))]);
  }
  for (const population of populations) {
    await population.disconnect();
    await population.end();
  }
  await close();
  const heads = servers.flatMap(({ name }) => [`${name}, requests/s`, "p50 ms", "p99 ms"]);
  const head = ["call", ...heads, ...(servers.length > 1 ? ["ratio"] : [])];
  const title = `## Requests per second with ${clients.toLocaleString("en")} clients, 8 at a time`;
  return `${title}\n\n${table(head, rows)}`;
}

/** The servers take turns, a second each, so that a busy moment hits both. */
async function measure(servers: readonly Server[], request: LoadRequest, seconds: number): Promise<string[]> {
  const totals = servers.map((server) => ({ server, latencies: [] as number[], elapsed: 0 }));
  for (const { load } of servers) await load.run(request, 300);
  for (let round = 0; round < seconds; round += 1) {
    for (const total of totals) {
      const { latencies, elapsed } = await total.server.load.run(request, 1_000);
      total.latencies.push(...latencies);
      total.elapsed += elapsed;
    }
  }
  const rates = totals.map(({ latencies, elapsed }) => (latencies.length / elapsed) * 1_000);
  const cells = totals.flatMap(({ latencies }, n) => [
    (rates[n] ?? 0).toFixed(rates[n] && rates[n] < 100 ? 1 : 0),
    quantile(latencies, 0.5).toFixed(1),
    quantile(latencies, 0.99).toFixed(1),
  ]);
  const [ours = 0, theirs] = rates;
  return theirs === undefined ? cells : [...cells, (ours / theirs).toFixed(2)];
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
