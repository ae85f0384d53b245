import type { MessageQueues } from "../../lib/broker/broker.ts";
import type { DepsFor } from "../../lib/deps/types.ts";
import type { Handlers, Input } from "../../lib/http/operation-function.ts";
import { notFound } from "./not-found.ts";
import type { queueOperations } from "./queue-contract.ts";
import { inflightPlaces, mqueuePlaces, type Places, queuePage } from "./queue-page.ts";

type Operations = typeof queueOperations;
type Queue = Handlers<{ name: string; tag: string; operations: Operations }>;

const malformedPosition = [400, "INVALID_PARAMETER", "position_limit_invalid"] as const;

const notShown = [
  501,
  "NOT_IMPLEMENTED",
  "AWS IoT Core does not show the messages that wait for a client, nor those that it has not acknowledged",
] as const;

/** What is on its way to a client, as far as the broker shows it. */
export const queue: Queue = {
  listMqueueMessages: async (input, deps) => read(input, deps, "waiting", mqueuePlaces),
  listInflightMessages: async (input, deps) => read(input, deps, "inFlight", inflightPlaces),
};

async function read<Row>(
  { params: { clientid }, query, fail }: Input<Operations["listInflightMessages"]>,
  { broker, sessions }: DepsFor<"registry:read" | "broker:queues">,
  which: keyof MessageQueues,
  places: Places<Row>,
) {
  const after = places.read(query.position);
  if (after === undefined) return fail(...malformedPosition);
  const messages = await broker.queues?.[which](clientid);
  if (messages) return queuePage(messages, { ...query, after, places });
  const shown = broker.queues !== undefined || !(await sessions.get(clientid));
  return shown ? fail(...notFound) : fail(...notShown);
}
