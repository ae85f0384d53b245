import { randomBytes } from "node:crypto";

/** A new id of a message: 32 upper-case hex digits that begin with the time in microseconds. [emqx_guid] */
export function newMessageId(): string {
  const microseconds = BigInt(Date.now()) * 1_000n;
  const time = microseconds.toString(16).padStart(16, "0");
  return (time + randomBytes(8).toString("hex")).toUpperCase();
}
