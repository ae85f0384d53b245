import { createHash } from "node:crypto";
import { messageIdAt } from "../../mqtt/message-id.ts";
import { defaultRetainerSettings } from "../../records/retainer-settings.ts";
import type { RetainerControl } from "../broker.ts";

/** IoT Core alone decides what it retains; what it does, in EMQX's words. */
export const iotRetainer: RetainerControl = {
  preset: {
    max_payload_size: "128KB",
    delivery_rate: "infinity",
    max_publish_rate: "infinity",
    backend: { ...defaultRetainerSettings.backend, storage_type: "disc" },
  },
};

/**
 * What is known of a retained message of IoT Core, which tells no id and no publisher. The id follows from the topic
 * and the time, so it is the same each time, and another one when the message is replaced.
 */
export function retainedFacts(topic: string, publish_at = 0) {
  const digest = createHash("sha256").update(topic).digest().subarray(0, 8);
  return { msgid: messageIdAt(publish_at, digest), publish_at, from_clientid: "" };
}
