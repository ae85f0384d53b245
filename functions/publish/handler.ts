import { randomBytes } from "node:crypto";
import type { PublishResult } from "../../lib/broker/broker.ts";
import { serve } from "../../lib/http/serve.ts";
import { type NotPublished, type Published, publish } from "./contract.ts";
import { isRefused, toMessage } from "./message.ts";

export const handler = serve(publish, {
  async publishMessage({ body, answer }, { broker }) {
    const message = toMessage(body, broker.limits);
    if (isRefused(message)) return answer(400, message);
    const outcome = describe(await broker.publish(message));
    if ("id" in outcome) return answer(200, outcome);
    return answer(outcome.reason_code === unmatched.reason_code ? 202 : 503, outcome);
  },

  async publishMessages({ body, answer, fail }, { broker }) {
    if (body.length === 0) return fail(400, "BAD_REQUEST", "The list of messages is empty");
    const messages = body.map((request) => toMessage(request, broker.limits));
    const refused = messages.find(isRefused);
    if (refused) return answer(400, refused);
    const outcomes: (Published | NotPublished)[] = [];
    for (const message of messages) {
      if (!isRefused(message)) outcomes.push(describe(await broker.publish(message)));
    }
    if (outcomes.includes(failed)) return answer(503, outcomes);
    if (outcomes.includes(unmatched)) return answer(202, outcomes);
    return answer(
      200,
      outcomes.filter((outcome) => "id" in outcome),
    );
  },
});

const unmatched: NotPublished = { reason_code: 16, message: "no_matching_subscribers" };
const failed: NotPublished = { reason_code: 131, message: "failed_to_dispatch" };

function describe(result: PublishResult): Published | NotPublished {
  if (result === "delivered") return { id: messageId() };
  return result === "unmatched" ? unmatched : failed;
}

/** 32 upper-case hex digits that begin with the time in microseconds, as in EMQX. [emqx_guid] */
function messageId(): string {
  const microseconds = BigInt(Date.now()) * 1_000n;
  const time = microseconds.toString(16).padStart(16, "0");
  return (time + randomBytes(8).toString("hex")).toUpperCase();
}
