import * as z from "zod/mini";
import { integer, positiveInteger } from "./fields.ts";

/** Query parameters of page pagination: `page` from 1, `limit` from 1 to 10,000, default 100. [emqx_mgmt_api] */
export const pageParameters = {
  page: z._default(positiveInteger(), 1),
  limit: z._default(integer(1, 10_000), 100),
};

/** `meta` of a page; `count` is absent where the number of matches is not known. */
export const PageMeta = z.strictObject({
  page: z.int(),
  limit: z.int(),
  hasnext: z.boolean(),
  count: z.optional(z.int()),
});

/** A page of rows with its `meta`. */
export function pageOf<Row extends z.ZodMiniType>(row: Row) {
  return z.strictObject({ data: z.array(row), meta: PageMeta });
}

/** Rows of a list that goes on at a cursor, with the number of these rows; no cursor means that it ends here. */
export function cursorPageOf<Row extends z.ZodMiniType>(row: Row) {
  const meta = z.strictObject({ count: z.int(), cursor: z.optional(z.string()) });
  return z.strictObject({ data: z.array(row), meta });
}
