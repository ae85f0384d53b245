import * as z from "zod/mini";
import { because } from "../../lib/contract/failure-detail.ts";

/** The only word that a field takes. */
export function only<const Word extends string>(word: Word) {
  const error = ({ input }: { input?: unknown }) => because(`Expected: ${word}, got:${input}`);
  return z.literal(word, { error });
}

/** Which levels of topics EMQX indexes: lists of distinct positions, none empty. [emqx_retainer_schema] */
export function indexSpecs() {
  const problem = (name: string) => because(`{${name},#{default => [[1,2,3],[1,3],[2,3],[3]]}}`);
  const spec = z.array(z.int().check(z.gte(1)), { error: problem("list_index_spec_limited") }).check(
    z.refine((positions) => positions.length > 0, { error: problem("non_empty_index_spec_limited") }),
    z.refine(isDistinct, { error: problem("unique_index_spec_limited") }),
  );
  return z
    .array(spec, { error: problem("list_index_spec_limited") })
    .check(
      z.refine((specs) => isDistinct(specs.map(String)), { error: problem("unique_index_spec_limited") }),
    );
}

const isDistinct = (values: readonly unknown[]) => new Set(values).size === values.length;
