import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Command, Option } from "commander";
import { ApiKeys } from "../../lib/store/api-keys.ts";
import { documentClient } from "../../lib/store/database.ts";
import { databaseFolder, localClient, localTables, openLocalDatabase } from "../local/database.ts";
import { readEndpoint } from "../local/endpoint-file.ts";
import { DataUnavailable } from "../local/open-level.ts";
import { dataOption } from "../local/options.ts";
import { CommandError } from "./command-error.ts";

/** Whose API keys a command is about: those of a data folder, or with `table` those of a deployment. */
export interface AccessOptions {
  data: string;
  table?: string;
  region?: string;
  endpoint?: string;
}

/** API keys, until they are let go of. */
export interface AccessTable extends AsyncDisposable {
  apiKeys: ApiKeys;
}

/** Adds the options that say whose API keys a command is about. */
export function addAccessOptions(command: Command): Command {
  return command
    .addOption(dataOption())
    .addOption(new Option("--table <name>", "access table of a deployment, in place of a data folder"))
    .addOption(new Option("--region <region>", "AWS region of the table, if AWS's own settings name none"))
    .addOption(new Option("--endpoint <url>", "where DynamoDB is, if it is not AWS's"));
}

/** Opens the API keys of a deployment, or of a data folder, whether or not Fleetgate is running with it. */
export async function openAccessTable({
  data,
  table,
  region,
  endpoint,
}: AccessOptions): Promise<AccessTable> {
  if (table === undefined) {
    if (region ?? endpoint) throw new CommandError("--region and --endpoint go with --table.");
    return openDataFolder(data);
  }
  return tableOf(new DynamoDBClient({ ...(region && { region }), ...(endpoint && { endpoint }) }), table);
}

/** A running environment has its data open for itself alone, so its DynamoDB is asked then. */
async function openDataFolder(data: string): Promise<AccessTable> {
  if (!existsSync(data)) {
    throw new CommandError(
      `There is no data folder ${resolve(data)}: npm start makes it, --data names another.`,
    );
  }
  try {
    const local = await openLocalDatabase(databaseFolder(data));
    return { apiKeys: new ApiKeys(local.database), [Symbol.asyncDispose]: () => local.close() };
  } catch (error) {
    const inUse = error instanceof DataUnavailable && error.inUse;
    const endpoint = inUse ? await readEndpoint(data) : undefined;
    if (endpoint === undefined) throw error;
    return tableOf(localClient(endpoint), localTables.access);
  }
}

function tableOf(client: DynamoDBClient, access: string): AccessTable {
  return {
    apiKeys: new ApiKeys({ client: documentClient(client), access }),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}
