import { makeKey } from "../../lib/auth/manage-keys.ts";
import { connected, subscribed } from "./events.ts";
import { clientOf, keyOf, messageOf, topicOf, userOf } from "./operation-samples.ts";
import { holdBack } from "./seed.ts";
import type { TestApi } from "./test-api.ts";

const plainKey = { desc: "", enable: true, expired_at: undefined, role: "viewer" } as const;

/** Makes everything that the sample request of an operation may be about, as far as it is not there. */
export async function prepareSample(api: TestApi, name: string): Promise<void> {
  const [clientid, topic] = [clientOf(name), topicOf(name)];
  await api.deps.bans.add({ as: "clientid", who: clientid, by: "", reason: "", at: 0 });
  api.registry.push(connected(clientid, { versionNumber: Date.now() }));
  api.registry.push(subscribed(clientid, ["t/#", topic], { options: [{ qos: 1 }, { qos: 1 }] }));
  api.broker.queued.set(clientid, []);
  const { key } = await makeKey({ ...plainKey, name: keyOf(name) });
  await api.apiKeys.add(key);
  await api.addUser({ role: "viewer", username: userOf(name) });
  api.broker.topicMetrics.add(topic);
  api.broker.retain(topic, "kept");
  await holdBack(api, { msgid: messageOf(name), topic });
  await api.registry.idle();
}
