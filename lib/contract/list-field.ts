import * as z from "zod/mini";
import { explain } from "./failure-detail.ts";

/** A list that must be sent as one: an empty object, or no body, is not taken for an empty list. */
export function sentList<Item extends z.ZodMiniType>(item: Item) {
  const error = ({ input }: { input?: unknown }) =>
    explain({ expected_data_type: "array", got: input }, false);
  return z.array(item, { error });
}
