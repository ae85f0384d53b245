import { convertibleText, shownValue } from "./erlang-values.ts";

/** What a schema says about a failure; `shown` tells whether the offending value is repeated to the caller. */
export interface FailureDetail {
  detail: Record<string, unknown>;
  shown: boolean;
}

/** A failure with a reason, whose value is shown. */
export const because = (reason: unknown) => explain({ reason }, true);

/** A failure with any details. */
export const explain = (detail: Record<string, unknown>, shown: boolean) =>
  JSON.stringify({ detail, shown } satisfies FailureDetail);

/** What a union says about a value that is not the one word of a member; `path` is how the wire names the field. */
export function notTheWord(word: string, path: string, value: unknown): Record<string, unknown> {
  const text = convertibleText(value);
  const isNamed = text !== undefined && text !== "";
  const reason = isNamed ? `Expected: ${word}, got:${text}` : { expected: word };
  return { kind: "validation_error", path, reason, value: value === "" ? [] : shownValue(value) };
}
