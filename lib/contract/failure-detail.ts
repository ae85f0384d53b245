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
