import type { Comparison } from "../comparison.ts";
import type { Request } from "../target.ts";

const lists = ["/clients", "/subscriptions", "/topics", "/banned", "/mqtt/retainer/messages"];
const others = ["/clients_v2", "/mqtt/delayed/messages", "/mqtt/topic_metrics", "/slow_subscriptions"];
const paths = [...lists, ...others, "/nodes", "/status", "/error_codes", "/mqtt/retainer", "/sessions_count"];

/** What HTTP leaves open: pages out of range, spellings of paths and parameters, methods, headers, large bodies. */
export async function edges(comparison: Comparison): Promise<void> {
  await pages(comparison);
  await spellings(comparison);
  await headers(comparison);
  await bodies(comparison);
}

async function pages({ ask }: Comparison): Promise<void> {
  const queries = [
    ...["page=0", "page=-1", "page=1.5", "page=x", "page=", "page=99999", "page=1&page=2", "page=2&page=1"],
    ...["limit=0", "limit=-1", "limit=10000", "limit=10001", "limit=x", "limit=", "limit=5&limit=6"],
    ...["page=0&limit=0", "limit=0&page=0", "page=%201", "page=1%20", "page=+1", "page=%2B1", "page=01"],
    ...["Page=0", "LIMIT=0", "limit[]=0", "limit%00=0", "page=1;limit=0", "&&page=0", "page=0&", "?page=0"],
  ];
  for (const list of [...lists, ...others]) for (const query of queries) await ask(`GET ${list}?${query}`);
}

async function spellings({ ask, node }: Comparison): Promise<void> {
  for (const path of paths) {
    for (const spelled of [
      `${path}/`,
      `${path}//`,
      `/${path}`,
      path.toUpperCase(),
      `${path}/x/y`,
      `${path};a`,
    ]) {
      await ask(`GET ${spelled}`);
    }
    for (const method of ["HEAD", "PATCH", "TRACE", "PROPFIND"]) await ask(`${method} ${path}`);
  }
  for (const path of [
    ...["/clients/%2e%2e/nodes", "/./nodes", "/clients/../nodes", "/clients%2Fx", "/clients/x%2Fy"],
    ...["/topics/a//b", "/topics/%2F", "/topics//", "/clients/%20", "/clients/a%2", "/clients/%ff%fe"],
    ...[
      `/nodes/${node}/`,
      `/nodes/${encodeURIComponent(node)}`,
      `/nodes/${node.toUpperCase()}`,
      "/nodes/%20",
    ],
    ...["/banned/clientid/a%2Fb", "/banned/clientid/a/b", "/banned/clientid", "/mqtt", "/mqtt/", "/"],
  ]) {
    await ask(`GET ${path}`);
    await ask(`DELETE ${path}`);
  }
}

async function headers({ ask }: Comparison): Promise<void> {
  const all: Record<string, string>[] = [
    ...["gzip", "br", "identity", "*", "gzip;q=0", "x"].map((it) => ({ "accept-encoding": it })),
    ...["text/html", "text/plain", "application/json", "image/png", "x", ""].map((accept) => ({ accept })),
    ...['"x"', "*", 'W/"x"'].map((it) => ({ "if-none-match": it })),
    ...[
      { "if-match": "*" },
      { "if-modified-since": "Thu, 01 Jan 2099 00:00:00 GMT" },
      { range: "bytes=0-1" },
    ],
    ...[{ origin: "https://example.org" }, { origin: "null" }, { "x-http-method-override": "DELETE" }],
    ...[{ "content-type": "text/plain" }, { "content-type": "" }, { connection: "close" }],
  ];
  for (const given of all) {
    for (const path of ["/nodes", "/nosuch", "/clients/nosuch", "/status"])
      await ask(`GET ${path}`, { headers: given });
    await ask("DELETE /clients/compare-nobody", { headers: given });
  }
  const preflight = { origin: "https://example.org", "access-control-request-method": "POST" };
  for (const path of ["/publish", "/nosuch", "/login"])
    await ask(`OPTIONS ${path}`, { headers: preflight, as: "nobody" });
}

async function bodies({ ask }: Comparison): Promise<void> {
  const good = JSON.stringify({ topic: "compare/edges", payload: "x" });
  const types = [
    ...["application/json", "application/json;charset=utf-8", "APPLICATION/JSON", "application/json ;x"],
    ...["text/json", "application/json5", "application/vnd.api+json", "application/x-www-form-urlencoded"],
    ...["multipart/form-data; boundary=x", "application/xml", "*/*", "application/*", ""],
  ];
  for (const type of types) await ask("POST /publish", { body: good, headers: { "content-type": type } });
  const texts = [
    ...[` ${good} `, `\ufeff${good}`, `${good}x`, good.replace("}", ",}"), good.replaceAll('"', "'")],
    ...[
      '{"topic":"compare/edges","topic":"compare/other","payload":"x"}',
      "NaN",
      "-",
      "tru",
      "[",
      "nul",
      "\0",
    ],
    ...['{"topic":"compare/\\ud800","payload":"x"}', '{"topic":"compare/\\u0000","payload":"x"}'],
    ...[`${"[".repeat(2_000)}${"]".repeat(2_000)}`, '{"__proto__":1,"topic":"compare/edges","payload":"x"}'],
  ];
  for (const body of texts)
    await ask("POST /publish", { body, headers: { "content-type": "application/json" } });
  for (const size of [1_000, 100_000, 1_048_000]) {
    await ask("POST /publish", { body: { topic: "compare/edges", payload: "x".repeat(size) } });
  }
  for (const length of [1_000, 65_535, 65_536]) {
    await ask("POST /publish", { body: { topic: "t/".repeat(length / 2), payload: "x" } });
  }
  const given: Partial<Request> = { body: good, headers: { "content-type": "application/json" } };
  for (const path of ["/nodes", "/clients", "/clients/nosuch"]) {
    await ask(`GET ${path}`, given);
    await ask(`GET ${path}`, { ...given, body: "{" });
    await ask(`DELETE ${path}`, { ...given, body: "{" });
  }
}
