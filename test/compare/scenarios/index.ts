import type { Comparison } from "../comparison.ts";
import { access } from "./access.ts";
import { apiKeys } from "./api-keys.ts";
import { clients } from "./clients.ts";
import { conventions } from "./conventions.ts";
import { publish } from "./publish.ts";
import { users } from "./users.ts";

/** Sequences of requests by name. */
export const scenarios: Readonly<Record<string, (comparison: Comparison) => Promise<void>>> = {
  conventions,
  access,
  "api keys": apiKeys,
  users,
  clients,
  publish,
};
