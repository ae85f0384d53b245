import type { Both, Comparison } from "../comparison.ts";
import type { Target } from "../target.ts";

type Side = keyof Both<unknown>;
type QueueName = "mqueue_messages" | "inflight_messages";

const away = ["compare-v4-away", "compare-v5-away"];

/** Messages that wait for sessions whose clients are away, and those that are not acknowledged, page by page. */
export async function queues(comparison: Comparison): Promise<void> {
  await waiting(comparison);
  await inFlight(comparison);
}

async function waiting(comparison: Comparison): Promise<void> {
  const { ask, as, connect, inbox } = comparison;
  for (const clientid of away) {
    await connectKept(comparison, clientid);
    await as(clientid, (client) => client.subscribeAsync("compare/queue/#", { qos: 2 }));
    await as(clientid, (client) => client.endAsync());
    await ask(`GET /clients?clientid=${clientid}&fields=clientid,connected`);
  }
  await connect("compare-sender", { username: "compare-user" });
  for (const qos of [0, 1, 2] as const) {
    await ask("POST /publish", { body: { topic: `compare/queue/api/${qos}`, payload: `api ${qos}`, qos } });
    await as("compare-sender", (client) =>
      client.publishAsync(`compare/queue/mqtt/${qos}`, `mqtt ${qos}`, { qos }),
    );
    // What was sent with QoS 0 has arrived as soon as this one is acknowledged.
    await as("compare-sender", (client) => client.publishAsync("compare/nobody", "x", { qos: 1 }));
  }
  await as("compare-sender", (client) =>
    client.publishAsync("compare/queue/bytes", Buffer.from([255, 0, 65]), { qos: 1 }),
  );
  for (const clientid of away) {
    await ask(`GET /clients/${clientid}`);
    await pages(comparison, clientid, "mqueue_messages");
    await ask(`GET /clients/${clientid}/inflight_messages`);
    await connectKept(comparison, clientid);
    await inbox(clientid, "when it is back");
    await ask(`GET /clients/${clientid}/mqueue_messages`);
    await ask(`DELETE /clients/${clientid}`);
    await ask(`GET /clients/${clientid}/mqueue_messages`);
  }
}

const connectKept = ({ connect }: Comparison, clientid: string) =>
  connect(clientid, {
    clean: false,
    ...(clientid.includes("v5") && {
      protocolVersion: 5 as const,
      properties: { sessionExpiryInterval: 300, receiveMaximum: 2 },
    }),
  });

async function pages(comparison: Comparison, clientid: string, name: QueueName): Promise<void> {
  const { ask } = comparison;
  const path = `/clients/${clientid}/${name}`;
  const queries = [
    ...["", "?payload=none", "?payload=plain", "?payload=base64&limit=1", "?payload=hex", "?limit=0"],
    ...["?max_payload_bytes=1", "?max_payload_bytes=1KB", "?max_payload_bytes=0", "?max_payload_bytes=-1MB"],
    ...["?position=none", "?position=nosuch", "?position=end_of_data", "?limit=-5&position=nosuch"],
    ...["?position=0", "?position=0_0", "?position=0_infinity", "?position=99999999999999999999_0"],
  ];
  for (const query of queries) await ask(`GET ${path}${query}`);
  await walk(comparison, path);
}

/** Goes from page to page, each server by its own positions. */
async function walk({ ask, same }: Comparison, path: string): Promise<void> {
  const position: Both<string> = { reference: "none", ours: "none" };
  for (let page = 1; page <= 5; page += 1) {
    const answers = await ask(
      (_: Target, side: Side) => `GET ${path}?limit=2&payload=plain&position=${position[side]}`,
    );
    const places = (side: Side) => {
      const { data, meta } = answers[side].json;
      const last = data.at(-1);
      const isLast = last !== undefined && meta.position.startsWith(last.inserted_at);
      const isRepeated = last === undefined && meta.position === position[side];
      position[side] = meta.position;
      return { isLast, isRepeated, start: meta.start === "none" ? "none" : "somewhere" };
    };
    same(`positions of page ${page} of ${path}`, { reference: places("reference"), ours: places("ours") });
  }
}

/** Clients that acknowledge nothing. */
async function inFlight(comparison: Comparison): Promise<void> {
  const { ask, as, connect } = comparison;
  const options = {
    "compare-v4-silent": { clean: false },
    "compare-v5-silent": {
      protocolVersion: 5 as const,
      properties: { sessionExpiryInterval: 300, receiveMaximum: 3 },
    },
  };
  for (const [clientid, given] of Object.entries(options)) {
    await connect(clientid, given);
    await as(clientid, async (client) => {
      await client.subscribeAsync("compare/silent", { qos: 2 });
      client.handleMessage = () => {};
    });
  }
  for (let n = 1; n <= 6; n += 1) {
    await ask("POST /publish", {
      body: { topic: "compare/silent", payload: `${n}`, qos: 1 + (n % 2), clientid: "ignored" },
    });
  }
  for (const clientid of Object.keys(options)) {
    await pages(comparison, clientid, "inflight_messages");
    await ask(`GET /clients/${clientid}/mqueue_messages`);
    await ask(`DELETE /clients/${clientid}`);
  }
  await ask("GET /clients/compare-nobody/inflight_messages");
  await ask("GET /clients/compare-nobody/mqueue_messages?position=nosuch");
}
