import type { Comparison } from "../comparison.ts";

/** Publishing to subscribers of several kinds, and to nobody. */
export async function publish({ ask, connect, as, inbox }: Comparison): Promise<void> {
  await connect("compare-reader", { protocolVersion: 5 });
  await as("compare-reader", (client) => client.subscribeAsync("compare/t/#", { qos: 2 }));
  await connect("compare-away", { clean: false });
  await as("compare-away", (client) => client.subscribeAsync("compare/away", { qos: 1 }));
  await as("compare-away", (client) => client.endAsync());
  const properties = {
    payload_format_indicator: 1,
    message_expiry_interval: 60,
    response_topic: "compare/r",
    correlation_data: "abc",
    content_type: "text/plain",
    user_properties: { a: "1", b: "2" },
  };
  const bodies: unknown[] = [
    { topic: "compare/t/1", payload: "plain" },
    { topic: "compare/t/2", payload: "aGVsbG8=", payload_encoding: "base64", qos: 1 },
    { topic: "compare/t/3", payload: "p", qos: 2, properties },
    { topic: "compare/t/4", payload: "", retain: false },
    { topic: "compare/away", payload: "offline", qos: 1 },
    { topic: "compare/nobody", payload: "x" },
    { topic: "compare/t/+", payload: "x" },
    { topic: "", payload: "x" },
    { topic: "compare/t/5", payload: "hello", payload_encoding: "base64" },
    { topic: "compare/t/6", payload: "x".repeat(1_048_577) },
    { topic: "compare/t/7", payload: 12 },
    { topic: "compare/t/8", payload: { a: 1 } },
    { topic: "compare/t/9", payload: "x", clientid: "someone" },
  ];
  for (const body of bodies) await ask("POST /publish", { body });
  const bulks: unknown[] = [
    [bodies[0], bodies[1]],
    [bodies[0], bodies[5]],
    [bodies[0], bodies[6]],
    [bodies[8], bodies[6]],
    [],
    bodies[0],
  ];
  for (const body of bulks) await ask("POST /publish/bulk", { body });
  await ask("GET /clients/compare-reader");
  await inbox("compare-reader", "of the API");
  await ask("DELETE /clients/compare-away");
}
