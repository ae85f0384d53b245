import type { Comparison } from "../comparison.ts";

/** The life of API keys. */
export async function apiKeys({ ask, each, same }: Comparison): Promise<void> {
  const as = "token";
  const body = { name: "compare-life", desc: "a key", enable: true };
  const made = await ask("POST /api_key", { as, body });
  await ask("POST /api_key", { as, body });
  await ask("GET /api_key/compare-life", { as });
  await ask("GET /api_key/nosuch", { as });
  const answers = await each((target, side) =>
    target.call({
      method: "GET",
      path: "/nodes",
      as: { authorization: `Basic ${btoa(`${made[side].json.api_key}:${made[side].json.api_secret}`)}` },
    }),
  );
  same("what a new key is worth", { reference: answers.reference.status, ours: answers.ours.status });
  await ask("PUT /api_key/compare-life", { as, body: { desc: "changed" } });
  await ask("PUT /api_key/compare-life", { as, body: { enable: false } });
  await ask("PUT /api_key/compare-life", { as, body: { expired_at: "2100-01-01T00:00:00+08:00" } });
  await ask("PUT /api_key/compare-life", { as, body: { name: "other" } });
  await ask("PUT /api_key/compare-life", { as, body: { expired: true } });
  await ask("PUT /api_key/compare-life", { as, body: { expired: "soon" } });
  await ask("PUT /api_key/nosuch", { as, body: { desc: "changed" } });
  const expiries = ["infinity", "2020-01-01T00:00:00Z", "never", 1, 4_102_444_800, -1, null, "4102444800"];
  for (const [n, expired_at] of expiries.entries()) {
    await ask("POST /api_key", { as, body: { ...body, name: `compare-expiry-${n}`, expired_at } });
    await ask(`GET /api_key/compare-expiry-${n}`, { as });
  }
  for (const name of ["", "a", "0a", "-a", "a_b", "a b", "ü", "x".repeat(256), "x".repeat(257), "a/b", "A"]) {
    await ask("POST /api_key", { as, body: { ...body, name } });
    if (name !== "") await ask(`DELETE /api_key/${encodeURIComponent(name)}`, { as });
  }
  await ask("DELETE /api_key/compare-life", { as });
  await ask("DELETE /api_key/compare-life", { as });
  for (const n of expiries.keys()) await ask(`DELETE /api_key/compare-expiry-${n}`, { as });
}
