import { clientidOf, filtersOf, seedFleet } from "../support/seed-fleet.ts";
import { TestApi } from "../support/test-api.ts";
import { call, clocks, eventOf, functionOf } from "./in-process.ts";
import { median, table } from "./table.ts";

const population = 1_000;

/** Calls of each operation that are measured; before, a third of them warm up. */
const rounds = 600;

const clientid = clientidOf(1);

/** Resource, and path with query. */
const calls: Record<string, [resource: string, method: string, path: string, body?: object]> = {
  "GET /status, without DynamoDB": ["status", "GET", "/status"],
  "GET one client": ["clients", "GET", `/clients/${clientid}`],
  "GET 100 clients": ["clients", "GET", "/clients?limit=100"],
  "GET /clients?limit=10000, of 1,000": ["clients", "GET", "/clients?limit=10000"],
  "GET /clients?like_clientid=": ["clients", "GET", `/clients?like_clientid=${clientid}`],
  "GET 100 subscriptions": ["subscriptions", "GET", "/subscriptions?limit=100"],
  "GET /subscriptions?topic=": ["subscriptions", "GET", `/subscriptions?topic=${filtersOf(1)[0]}`],
  "POST publish": ["publish", "POST", "/publish", { topic: "t", payload: "x" }],
};

/** Time of one call, from the gateway's event to the end of the answer, and where it goes; nothing else is running. */
export async function operations(): Promise<string> {
  const api = await TestApi.start();
  await seedFleet(api.local.database, population);
  const spent = clocks(api);
  const rows: string[][] = [];
  for (const [name, [resource, method, path, body]] of Object.entries(calls)) {
    const run = await functionOf(resource, api);
    const event = eventOf(api, { method, path, body });
    const times: { all: number; client: number; engine: number }[] = [];
    for (let round = -rounds / 3; round < rounds; round += 1) {
      spent();
      const begin = performance.now();
      await call(run, event);
      const all = performance.now() - begin;
      if (round >= 0) times.push({ all, ...spent() });
    }
    // The fastest tenth, because others may be using the machine.
    const fastest = times.sort((a, b) => a.all - b.all).slice(0, rounds / 10);
    const middle = (of: (time: (typeof times)[number]) => number) => median(fastest.map(of)).toFixed(2);
    const parts = [middle(({ all }) => all), middle(({ all, client }) => all - client)];
    rows.push([
      name,
      ...parts,
      middle(({ client, engine }) => client - engine),
      middle(({ engine }) => engine),
    ]);
  }
  await api.close();
  const head = ["call", "ms", "function", "AWS SDK and items", "dynalite"];
  return `## Time of one call in this process, without HTTP and MQTT, and where it goes; of the fastest tenth\n\n${table(head, rows)}`;
}
