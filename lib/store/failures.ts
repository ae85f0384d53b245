/** Errors of DynamoDB, and of the way to it, that pass by themselves. */
const passing = new Set([
  "InternalServerError",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ThrottlingException",
  "TimeoutError",
]);

const passingCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/** Whether a call failed because the database is not available now; the same call may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return passing.has(error.name) || passingCodes.has(String((error as NodeJS.ErrnoException).code));
}
