import { hash } from "node:crypto";
import { hashOrder } from "./hash-order.ts";

/**
 * A cursor of a list of clients: the sort key of the last one that was shown, with a checksum, in base64url. It is a
 * place in the order of all clients, which lists with and without conditions share; so it holds no condition, and it
 * stays good as long as that order does.
 */
export function cursorOf(place: string): string {
  return Buffer.concat([checksum(place), Buffer.from(place)]).toString("base64url");
}

/** The place that a cursor stands for, `undefined` if it is none of ours: altered, made up, or of another list. */
export function placeOf(cursor: string): string | undefined {
  const bytes = Buffer.from(cursor, "base64url");
  const place = bytes.subarray(checksumBytes).toString();
  return cursorOf(place) === cursor && isPlace(place) ? place : undefined;
}

const checksumBytes = 6;

/** Names the list, so that a cursor of another one differs. */
const checksum = (place: string) => hash("sha256", `clients\0${place}`, "buffer").subarray(0, checksumBytes);

/** Whether a text is the sort key of a client; of a digested id, the hash cannot be told. */
function isPlace(place: string): boolean {
  const [, order, plain] = /^([\da-f]{16})#(?:=(.*)|\$[\da-f]{64})$/s.exec(place) ?? [];
  return order !== undefined && (plain === undefined || hashOrder(plain) === order);
}
