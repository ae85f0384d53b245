import type { Message, PublishResult } from "../../lib/broker/broker.ts";
import type { DepsFor } from "../../lib/deps/types.ts";
import { serve } from "../../lib/http/serve.ts";
import { newMessageId } from "../../lib/mqtt/message-id.ts";
import { type NotPublished, type Published, publish } from "./contract.ts";
import { isRefused, toMessage } from "./message.ts";
import { holdOutgoing, type Outgoing, refusalOf, toOutgoing } from "./outgoing.ts";

export const handler = serve(publish, {
  async publishMessage({ body, answer, fail }, deps) {
    const message = toMessage(body);
    if (isRefused(message)) return answer(400, message);
    const outgoing = await toOutgoing(message, deps);
    const refusal = refusalOf(outgoing, deps);
    if (refusal) return fail(400, "BAD_REQUEST", refusal);
    const outcome = await publishOne(outgoing, deps);
    if ("id" in outcome) return answer(200, outcome);
    return answer(outcome.reason_code === unmatched.reason_code ? 202 : 503, outcome);
  },

  async publishMessages({ body, answer, fail }, deps) {
    if (body.length === 0) return fail(400, "BAD_REQUEST", "The list of messages is empty");
    const checked = body.map(toMessage);
    const refused = checked.find(isRefused);
    if (refused) return answer(400, refused);
    const messages = checked.filter((message): message is Message => !isRefused(message));
    const outgoing = await Promise.all(messages.map((message) => toOutgoing(message, deps)));
    const refusal = outgoing.map((it) => refusalOf(it, deps)).find((text) => text !== undefined);
    if (refusal) return fail(400, "BAD_REQUEST", refusal);
    const outcomes: (Published | NotPublished)[] = [];
    for (const it of outgoing) outcomes.push(await publishOne(it, deps));
    if (outcomes.includes(failed)) return answer(503, outcomes);
    if (outcomes.includes(unmatched)) return answer(202, outcomes);
    return answer(
      200,
      outcomes.filter((outcome) => "id" in outcome),
    );
  },
});

type PublishDeps = DepsFor<"broker:publish" | "registry:read" | "delayed:hold">;

const unmatched: NotPublished = { reason_code: 16, message: "no_matching_subscribers" };
const failed: NotPublished = { reason_code: 131, message: "failed_to_dispatch" };

/** Where the broker does not tell whether anybody subscribes, the registry knows. */
async function publishOne({ message, delay }: Outgoing, deps: PublishDeps) {
  const { broker, subscriptions } = deps;
  const msgid = newMessageId();
  if (delay) {
    await holdOutgoing(message, delay, msgid, deps);
    return unmatched;
  }
  const result = await broker.publish({ ...message, msgid });
  if (result !== "accepted") return describe(result, msgid);
  return describe((await subscriptions.anyMatch(message.topic)) ? "delivered" : "unmatched", msgid);
}

function describe(result: Exclude<PublishResult, "accepted">, id: string): Published | NotPublished {
  if (result === "delivered") return { id };
  return result === "unmatched" ? unmatched : failed;
}
