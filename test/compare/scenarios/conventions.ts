import type { Comparison } from "../comparison.ts";

/** Routes, methods, paths, content types and errors that belong to no resource. */
export async function conventions({ ask, node }: Pick<Comparison, "ask" | "node">): Promise<void> {
  for (const accept of [
    "application/json",
    "text/plain",
    "text/html",
    "*/*",
    "application/json, text/plain",
  ]) {
    await ask("GET /nosuch", { headers: { accept } });
  }
  for (const line of [
    "GET /clients/",
    "GET /nodes/",
    "GET //clients",
    "GET /clients/./nosuch",
    "GET /clients/x/..",
  ]) {
    await ask(line);
  }
  for (const path of ["/clients", "/nodes", "/publish", "/status", "/api_key", "/error_codes"]) {
    for (const method of ["PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]) await ask(`${method} ${path}`);
  }
  for (const id of [
    "%2F",
    "%252F",
    "a%20b",
    "a+b",
    "%E6%B5%8B",
    "%00",
    "%F0%9F%98%80",
    "%zz",
    "%",
    "x".repeat(3_000),
  ]) {
    await ask(`GET /clients/${id}`);
  }
  for (const query of [
    "limit=0",
    "limit=10001",
    "limit=",
    "limit",
    "page=0",
    "page=-1",
    "limit=5&limit=7",
    "nosuch=1",
  ]) {
    await ask(`GET /clients?${query}`);
  }
  await ask("GET /status");
  await ask("GET /status?format=json");
  await ask("GET /nodes");
  await ask(`GET /nodes/${node}`);
  await ask("GET /nodes/nosuch@127.0.0.1");
  await ask("GET /cluster");
  await ask("GET /error_codes/NOT_FOUND");
  await ask("GET /error_codes/NOSUCH");
}
