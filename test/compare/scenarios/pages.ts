import type { Comparison } from "../comparison.ts";

/** Many clients, page by page and by cursor; whatever the order, each is there once. */
export async function pages(comparison: Comparison): Promise<void> {
  const { ask, each, as, connect, same } = comparison;
  const clientids = Array.from({ length: 23 }, (_, n) => `compare-page-${n}`);
  await each(async (target) => {
    for (const [n, clientid] of clientids.entries()) {
      await target.connect(clientid, { clean: n % 2 === 0, username: `u${n % 3}` });
    }
  });
  await connect("compare-page-kept", { clean: false });
  await as("compare-page-kept", (client) => client.endAsync());
  await ask("GET /sessions_count");
  await ask("GET /sessions_count?since=1700000000");
  await ask("GET /clients?fields=clientid,connected");
  for (const query of [
    "limit=5",
    "limit=5&username=u1",
    "limit=5&like_clientid=page",
    "limit=24",
    "limit=12",
  ]) {
    const found = await each(async (target) => {
      const seen: { clientid: string }[] = [];
      for (let page = 1; ; page += 1) {
        const path = `/clients?${query}&page=${page}&fields=clientid`;
        const { data } = (await target.call({ method: "GET", path })).json;
        if (data.length === 0) return seen.map(({ clientid }) => clientid).toSorted();
        seen.push(...data);
      }
    });
    same(`the clients of all pages by ${query}`, found);
    await ask(`GET /clients?${query}&page=99&fields=clientid`);
  }
  await ask("GET /clients?limit=5&fields=connected,proto_ver&username=u0");
  await cursors(comparison);
  await ask("POST /clients/kickout/bulk", { body: [...clientids, "compare-page-kept"] });
  await ask("GET /clients?like_clientid=compare-page");
  await ask("GET /sessions_count");
}

async function cursors({ ask, each, same }: Comparison): Promise<void> {
  for (const query of [
    "limit=5",
    "limit=4&username=u1&username=u2",
    "limit=7&like_clientid=page-1",
    "limit=1000",
  ]) {
    const found = await each(async (target) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const path = `/clients_v2?${query}${cursor === undefined ? "" : `&cursor=${cursor}`}`;
        const { data, meta } = (await target.call({ method: "GET", path })).json;
        seen.push(...data.map(({ clientid }: { clientid: string }) => clientid));
        cursor = meta.cursor;
      } while (cursor !== undefined);
      return seen.toSorted();
    });
    same(`the clients of all cursors by ${query}`, found);
  }
  const filters = ["clientid=compare-page-1", "username=u1&like_clientid=page-1", "conn_state=disconnected"];
  for (const filter of [
    ...filters,
    "fields=clientid&clientid=compare-page-2",
    "cursor=nosuch",
    "cursor=",
    "limit=0",
  ]) {
    await ask(`GET /clients_v2?${filter}`);
  }
}
