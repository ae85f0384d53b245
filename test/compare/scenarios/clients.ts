import type { Comparison } from "../comparison.ts";

/** Clients of every kind, found, described and kicked out. */
export async function clients(comparison: Comparison): Promise<void> {
  const { ask, connect, as } = comparison;
  await connect("compare/1", { username: "u1", keepalive: 30 });
  await connect("compare/2", { username: "u2", clean: false });
  await connect("compare 3", { clean: true });
  await connect("compare-v5", {
    protocolVersion: 5,
    username: "u1",
    properties: { sessionExpiryInterval: 120 },
  });
  await as("compare/1", (client) => client.subscribeAsync({ "compare/+": { qos: 1 }, "c/#": { qos: 2 } }));
  await as("compare/2", (client) => client.subscribeAsync("compare/offline", { qos: 1 }));
  await ask("GET /clients?like_clientid=compare");
  for (const id of ["compare%2F1", "compare%2F2", "compare%203", "compare-v5"]) {
    await ask(`GET /clients/${id}`);
    await ask(`GET /clients/${id}/subscriptions`);
  }
  const filters = [
    ...["username=u1", "username=u1&username=u2", "clientid=compare/1&username=u2", "like_username=u"],
    ...[
      "clientid=compare/1&clientid=nosuch",
      "clientid=compare/1&like_clientid=nosuch",
      "conn_state=connected&like_clientid=compare",
    ],
    ...[
      "ip_address=127.0.0.1&like_clientid=compare",
      "proto_ver=5&like_clientid=compare",
      "clean_start=false&like_clientid=compare",
    ],
    ...[
      "fields=clientid&like_clientid=compare",
      "fields=clientid,username&clientid=compare/1",
      "fields=all&clientid=compare/1",
    ],
    ...[
      "fields=clientid,nosuch",
      "fields=",
      "like_clientid=compare&limit=2",
      "like_clientid=compare&limit=2&page=2",
    ],
    ...[
      "lte_created_at=2100-01-01T00:00:00Z&like_clientid=compare",
      "gte_connected_at=2100-01-01T00:00:00Z&like_clientid=compare",
    ],
    ...[`node=${comparison.node}&like_clientid=compare`, "node=nosuch@127.0.0.1"],
  ];
  for (const filter of filters) await ask(`GET /clients?${filter}`);
  await as("compare/2", (client) => client.endAsync());
  await ask("GET /clients/compare%2F2");
  await ask("GET /clients?conn_state=disconnected&like_clientid=compare");
  await ask("GET /clients/compare%2F2/subscriptions");
  for (const id of ["compare%2F1", "compare%2F2", "compare%203", "compare-v5", "nosuch"]) {
    await ask(`DELETE /clients/${id}`);
    await ask(`GET /clients/${id}`);
    await ask(`DELETE /clients/${id}`);
  }
}
