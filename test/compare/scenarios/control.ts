import type { Comparison } from "../comparison.ts";

/** What is done to clients in their place: subscribed, unsubscribed, kept alive, kicked out. */
export async function control(comparison: Comparison): Promise<void> {
  const { connect, ask } = comparison;
  await connect("compare-v4", { keepalive: 30 });
  await connect("compare-v5", { protocolVersion: 5, properties: { sessionExpiryInterval: 60 } });
  for (const clientid of ["compare-v4", "compare-v5"]) {
    await subscribing(comparison, clientid);
    await inBulk(comparison, clientid);
    await keepalive(comparison, clientid);
    for (const method of ["GET", "DELETE"]) await ask(`${method} /clients/${clientid}/authorization/cache`);
  }
  await invalid(comparison);
  await unknown(comparison);
  await kicking(comparison);
}

async function subscribing({ ask, inbox }: Comparison, clientid: string): Promise<void> {
  const path = `/clients/${clientid}`;
  const bodies: unknown[] = [
    { topic: "compare/control" },
    { topic: "compare/control", qos: 2, nl: 1, rap: 1, rh: 2 },
    ...["compare/+/b", "compare/#", "$share/g/compare/control", "$queue/compare/control"].map((topic) => ({
      topic,
      qos: 1,
    })),
    ...["$share/g", "$share/", "$share/g/$share/h/t", "$queue/$share/g/t", "$share/+/t", "$exclusive/"].map(
      (topic) => ({ topic }),
    ),
    { topic: "$share/g/t", nl: 1 },
    { topic: "compare/control", qos: 3 },
    { qos: 1 },
  ];
  for (const body of bodies) await ask(`POST ${path}/subscribe`, { body });
  await ask(`GET ${path}/subscriptions`);
  await ask("POST /publish", { body: { topic: "compare/control", payload: "subscribed", qos: 2 } });
  await inbox(clientid, "after it was subscribed");
  const topics = ["compare/control", "compare/+/b", "compare/#", "$share/g/compare/control", "nosuch"];
  for (const topic of [...topics, "$queue/compare/control", "$share/g"]) {
    await ask(`POST ${path}/unsubscribe`, { body: { topic } });
  }
  await ask(`POST ${path}/unsubscribe`, { body: {} });
  await ask(`GET ${path}/subscriptions`);
  await ask("POST /publish", { body: { topic: "compare/control", payload: "unsubscribed" } });
  await inbox(clientid, "after it was unsubscribed");
}

/** Filters that MQTT does not allow, for a client of their own. */
async function invalid({ ask, connect }: Comparison): Promise<void> {
  await connect("compare-invalid");
  for (const topic of ["", "a/#/b", "a+", "#a", "a\u0000b"]) {
    await ask("POST /clients/compare-invalid/subscribe", { body: { topic } });
    await ask("POST /clients/compare-invalid/subscribe/bulk", { body: [{ topic }] });
  }
  await ask("DELETE /clients/compare-invalid");
  await connect("compare-mixed");
  await ask("POST /clients/compare-mixed/subscribe", { body: { topic: "compare/valid" } });
  await ask("POST /clients/compare-mixed/unsubscribe/bulk", {
    body: [{ topic: "compare/valid" }, { topic: "$share/g" }],
  });
  await ask("GET /clients/compare-mixed/subscriptions");
  await ask("DELETE /clients/compare-mixed");
}

async function inBulk({ ask, inbox }: Comparison, clientid: string): Promise<void> {
  const path = `/clients/${clientid}`;
  const bodies: unknown[] = [
    [{ topic: "compare/bulk/1", qos: 1 }, { topic: "$share/group/compare/bulk/2" }],
    [{ topic: "compare/bulk/3" }, { topic: "$share/g" }, { topic: "$share/g/t", nl: 1 }],
    ...[[], {}, { topic: "compare/bulk/4" }, [{ topic: "compare/bulk/5", qos: 9 }], [{}], ["compare/bulk"]],
  ];
  for (const body of bodies) await ask(`POST ${path}/subscribe/bulk`, { body });
  await ask(`GET ${path}/subscriptions`);
  for (const n of [1, 2, 3]) {
    await ask("POST /publish", { body: { topic: `compare/bulk/${n}`, payload: `${n}`, qos: 1 } });
  }
  await inbox(clientid, "after it was subscribed in bulk");
  const left = [
    [{ topic: "compare/bulk/1" }, {}],
    [{ topic: "$share/g" }],
    [],
    {},
    [{ topic: 1 }],
    [{ qos: 1 }],
  ];
  for (const body of left) await ask(`POST ${path}/unsubscribe/bulk`, { body });
  await ask(`GET ${path}/subscriptions`);
  await ask(`POST ${path}/unsubscribe/bulk`, {
    body: [{ topic: "$share/group/compare/bulk/2" }, { topic: "compare/bulk/3" }],
  });
  await ask(`GET ${path}/subscriptions`);
}

async function keepalive({ ask }: Comparison, clientid: string): Promise<void> {
  for (const body of [{ interval: 11 }, { interval: 0 }, { interval: "20" }, { interval: 65_536 }, {}, []]) {
    await ask(`PUT /clients/${clientid}/keepalive`, { body });
    await ask(`GET /clients?clientid=${clientid}&fields=clientid,keepalive`);
  }
}

async function unknown({ ask }: Comparison): Promise<void> {
  const path = "/clients/compare-nobody";
  await ask(`POST ${path}/subscribe`, { body: { topic: "t" } });
  await ask(`POST ${path}/subscribe`, { body: { topic: "$share/g" } });
  await ask(`POST ${path}/subscribe`, { body: { topic: "$share/g/t", nl: 1 } });
  await ask(`POST ${path}/subscribe/bulk`, { body: [{ topic: "t" }] });
  await ask(`POST ${path}/unsubscribe`, { body: { topic: "t" } });
  await ask(`POST ${path}/unsubscribe/bulk`, { body: [{ topic: "t" }] });
  await ask(`PUT ${path}/keepalive`, { body: { interval: 10 } });
  for (const method of ["GET", "DELETE"]) await ask(`${method} ${path}/authorization/cache`);
  await ask(`GET ${path}/subscriptions`);
}

/** Sessions that are kept, and clients that are connected. */
async function kicking({ ask, as, connect, see }: Comparison): Promise<void> {
  await connect("compare-kept", { clean: false });
  await as("compare-kept", (client) => client.subscribeAsync("compare/kept", { qos: 1 }));
  await as("compare-kept", (client) => client.endAsync());
  await ask("POST /clients/compare-kept/subscribe", { body: { topic: "compare/kept/2", qos: 1 } });
  await ask("GET /clients/compare-kept/subscriptions");
  await ask("PUT /clients/compare-kept/keepalive", { body: { interval: 10 } });
  await ask("GET /clients?like_clientid=compare&fields=clientid,connected");
  await ask("POST /clients/kickout/bulk", {
    body: ["compare-v4", "compare-v5", "compare-kept", "nobody", 1],
  });
  for (const clientid of ["compare-v4", "compare-v5", "compare-kept"]) await ask(`GET /clients/${clientid}`);
  await see("the farewell of who was kicked out", (target) => ({
    v4: target.client("compare-v4").connected,
    v5: target.client("compare-v5").connected,
    farewell: target.farewells("compare-v5"),
  }));
  for (const body of [[], {}, [[]], "x", { a: 1 }]) await ask("POST /clients/kickout/bulk", { body });
  await connect("compare-kept", { clean: false });
  await ask("GET /clients/compare-kept/subscriptions");
  await ask("DELETE /clients/compare-kept");
}
