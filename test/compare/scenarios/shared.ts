import type { Comparison } from "../comparison.ts";

const members = ["compare-member-1", "compare-member-2", "compare-member-3"];

/** Groups that share a subscription: each message goes to one member, whoever it is. */
export async function shared(comparison: Comparison): Promise<void> {
  const { connect, as, ask } = comparison;
  for (const clientid of members) {
    await connect(clientid);
    await as(clientid, (client) => client.subscribeAsync("$share/g/compare/work/#", { qos: 1 }));
  }
  await as("compare-member-1", (client) => client.subscribeAsync("$queue/compare/work/1", { qos: 0 }));
  await connect("compare-plain");
  await as("compare-plain", (client) => client.subscribeAsync("compare/work/+", { qos: 2 }));
  for (let n = 1; n <= 12; n += 1) {
    await ask("POST /publish", { body: { topic: `compare/work/${n % 3}`, payload: `${n}`, qos: n % 3 } });
  }
  await comparison.inbox(members, "together");
  await comparison.inbox("compare-plain", "beside the group");
  await ask("GET /subscriptions?share_group=g");
  await ask("GET /topics/compare%2Fwork%2F%23");
  await as("compare-member-1", (client) => client.endAsync());
  await as("compare-member-2", (client) => client.unsubscribeAsync("$share/g/compare/work/#"));
  for (let n = 1; n <= 4; n += 1) {
    await ask("POST /publish", { body: { topic: "compare/work/left", payload: `${n}`, qos: 1 } });
  }
  await comparison.inbox("compare-member-3", "as the last of the group");
  await as("compare-member-3", (client) => client.unsubscribeAsync("$share/g/compare/work/#"));
  await ask("GET /subscriptions?share_group=g");
  await retainedIsNotShared(comparison);
}

/** A shared subscription is sent no retained message. */
async function retainedIsNotShared({ ask, as, inbox }: Comparison): Promise<void> {
  await ask("POST /publish", { body: { topic: "compare/work/kept", payload: "kept", retain: true } });
  await as("compare-member-3", (client) => client.subscribeAsync("$share/g/compare/work/kept", { qos: 1 }));
  await inbox("compare-member-3", "of a retained message");
  await ask("DELETE /mqtt/retainer/message/compare%2Fwork%2Fkept");
}
