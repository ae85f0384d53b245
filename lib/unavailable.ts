/** Errors of DynamoDB and IoT Core, and of the way to them, that pass by themselves. */
const passing = new Set([
  "GatewayTimeoutException",
  "InternalFailureException",
  "InternalServerError",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ThrottlingException",
  "TimeoutError",
  "Unavailable",
]);

const passingCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/** A service takes calls, and does not get to all that they ask for. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Whether a call failed because a service is not available now; the same call may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return passing.has(error.name) || passingCodes.has(String((error as NodeJS.ErrnoException).code));
}
