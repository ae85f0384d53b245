import type { Comparison } from "../comparison.ts";

const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

/** Credentials that are missing, malformed, unknown or wrong, on open, usual and closed routes. */
export async function access({ ask, targets }: Comparison): Promise<void> {
  const headers = [
    ...["Basic", "Basic ", "Basic %", "Basic a", `Basic ${btoa("nocolon")}`, "Token x", "Bearer", "Bearer ,"],
    ...["Bearer nosuch", 'Digest username="x"', "basic bm86bm8=", "BEARER nosuch"],
  ];
  for (const path of ["/nodes", "/status", "/api_key", "/users", "/nosuch"]) {
    await ask(`GET ${path}`, { as: "nobody" });
    for (const authorization of headers) await ask(`GET ${path}`, { as: { authorization } });
    for (const text of ["nobody:nothing", ":", "nobody:", ":nothing"])
      await ask(`GET ${path}`, { as: basic(text) });
    await ask(`GET ${path}`, { as: "key" });
    await ask(`GET ${path}`, { as: "token" });
  }
  await ask("GET /nodes", { as: basic(`${targets.ours.address.username}:whatever`) });
  await ask("POST /logout", { as: "key", body: { username: "admin" } });
}
