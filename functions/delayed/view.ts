import type { DelayedRow } from "../../lib/records/delayed-message.ts";
import { rfc3339 } from "../../lib/records/time.ts";

/** Largest payload that is shown, in bytes. [emqx_delayed] */
const maxPayloadShown = 2_048;

/** A row as EMQX shows it. */
export function view(row: DelayedRow, node: string) {
  const { msgid, topic, qos, delayed_interval, from_clientid, from_username } = row;
  return {
    ...{ msgid, node, topic, qos, delayed_interval, from_clientid },
    from_username: from_username ?? "undefined",
    publish_at: rfc3339(row.publish_at),
    expected_at: rfc3339(row.expected_at),
    delayed_remaining: Math.max(Math.floor((row.expected_at - Date.now()) / 1_000), 0),
  };
}

/** A payload as EMQX shows it, or that it is too large. */
export function payloadView(payload: Buffer): string {
  return payload.length > maxPayloadShown ? "PAYLOAD_TOO_LARGE" : payload.toString("base64");
}
