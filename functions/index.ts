/** The registry: every resource of the API, one line each. */

export { apiDocs } from "./api-docs/contract.ts";
export { apiKey } from "./api-key/contract.ts";
export { audit } from "./audit/contract.ts";
export { autoSubscribe } from "./auto-subscribe/contract.ts";
export { banned } from "./banned/contract.ts";
export { clients } from "./clients/contract.ts";
export { cluster } from "./cluster/contract.ts";
export { delayed } from "./delayed/contract.ts";
export { errorCodes } from "./error-codes/contract.ts";
export { login } from "./login/contract.ts";
export { logout } from "./logout/contract.ts";
export { nodes } from "./nodes/contract.ts";
export { publish } from "./publish/contract.ts";
export { retainer } from "./retainer/contract.ts";
export { slowSubscriptions } from "./slow-subscriptions/contract.ts";
export { status } from "./status/contract.ts";
export { subscriptions } from "./subscriptions/contract.ts";
export { topicMetrics } from "./topic-metrics/contract.ts";
export { topicRewrite } from "./topic-rewrite/contract.ts";
export { topics } from "./topics/contract.ts";
export { unknownPath } from "./unknown-path/contract.ts";
export { users } from "./users/contract.ts";
