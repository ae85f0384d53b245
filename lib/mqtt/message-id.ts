import { randomBytes } from "node:crypto";

/** A new id of a message: 32 upper-case hex digits that begin with the time in microseconds. [emqx_guid] */
export function newMessageId(): string {
  return messageIdAt(Date.now(), randomBytes(8));
}

/** The id of a message that came at a time, in epoch milliseconds; 8 bytes tell it from others of that time. */
export function messageIdAt(milliseconds: number, distinct: Buffer): string {
  const time = (BigInt(milliseconds) * 1_000n).toString(16).padStart(16, "0");
  return (time + distinct.toString("hex")).toUpperCase();
}
