import * as z from "zod/mini";
import { explain } from "./failure-detail.ts";

/** A list that must be sent as one: an empty object, or no body, is not taken for an empty list. */
export function sentList<Item extends z.ZodMiniType>(item: Item) {
  return z.array(item, { error: ({ input }) => explain(notAList(input), false) });
}

function notAList(input: unknown): Record<string, unknown> {
  const keys = typeof input === "object" ? Object.keys(input ?? {}) : [];
  if (keys.length > 0) return { bad_array_index_keys: keys };
  return { expected_data_type: "array", got: input };
}
