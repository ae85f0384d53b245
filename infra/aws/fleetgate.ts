import { CfnOutput, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import * as resources from "../../functions/index.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import { accessTable, registryTable } from "../../lib/store/tables.ts";
import { ApiFunction } from "./api-function.ts";
import { bundleFunctions } from "./bundle.ts";
import { createRestApi } from "./rest-api.ts";
import { createTable } from "./table.ts";

export interface FleetgateProps {
  /** Name of the node that the API shows. Default: `emqx@aws`. */
  readonly nodeName?: string;
  /** Whether data outlives the stack and is protected from deletion. Default: true. */
  readonly keepData?: boolean;
}

/** Fleetgate in an account: tables, functions and API. */
export class Fleetgate extends Construct {
  constructor(scope: Construct, id: string, { nodeName = "emqx@aws", keepData = true }: FleetgateProps = {}) {
    super(scope, id);
    const protection = { keep: keepData };
    const access = createTable(this, "AccessTable", accessTable, protection);
    const registry = createTable(this, "RegistryTable", registryTable, protection);
    const { partition, region, account } = Stack.of(this);
    const brokerArn = `arn:${partition}:iot:${region}:${account}`;
    const targets = { accessTable: access.tableArn, registryTable: registry.tableArn, broker: brokerArn };
    const environment = {
      ACCESS_TABLE: access.tableName,
      REGISTRY_TABLE: registry.tableName,
      NODE_NAME: nodeName,
    };
    const all = Object.values<Resource>(resources);
    const bundleOf = bundleFunctions(all.map(({ name }) => name));
    const served = all.map((resource) => {
      const bundle = bundleOf(resource.name);
      const { lambda } = new ApiFunction(this, resource.name, { resource, bundle, targets, environment });
      return { resource, lambda };
    });
    const api = createRestApi(this, "Api", served);
    new CfnOutput(this, "Endpoint", { value: `${api.url}v5`, description: "Base URL of the API" });
    new CfnOutput(this, "AccessTableName", { value: access.tableName });
    new CfnOutput(this, "RegistryTableName", { value: registry.tableName });
  }
}
