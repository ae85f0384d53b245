import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Broker } from "../broker/broker.ts";
import { ApiKeys } from "../store/api-keys.ts";
import { openDatabase } from "../store/database.ts";
import { Sessions } from "../store/sessions.ts";
import { Subscriptions } from "../store/subscriptions.ts";
import { nodeFacts } from "./node-facts.ts";
import type { Deps } from "./types.ts";

let deps: Deps | undefined;

/** The dependencies of a function on AWS, by its environment variables; made at the first call and kept. */
export function awsDeps(): Deps {
  deps ??= create();
  return deps;
}

function create(): Deps {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  });
  const database = openDatabase(client, {
    access: variable("ACCESS_TABLE"),
    registry: variable("REGISTRY_TABLE"),
  });
  return {
    apiKeys: new ApiKeys(database),
    sessions: new Sessions(database),
    subscriptions: new Subscriptions(database),
    get broker(): Broker {
      throw new Error("There is no adapter for AWS IoT Core yet");
    },
    node: nodeFacts(variable("NODE_NAME")),
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing`);
  return value;
}
