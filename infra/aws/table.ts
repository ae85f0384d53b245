import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import type { TableDefinition } from "../../lib/store/tables.ts";

/** Whether data outlives a mistake: kept when the stack goes, protected from deletion, restorable to any second. */
export interface TableProtection {
  readonly keep: boolean;
}

/** Makes a table from its definition. */
export function createTable(scope: Construct, id: string, table: TableDefinition, { keep }: TableProtection) {
  const text = (name: string) => ({ name, type: AttributeType.STRING });
  return new TableV2(scope, id, {
    partitionKey: text(table.partitionKey),
    sortKey: text(table.sortKey),
    billing: Billing.onDemand(),
    timeToLiveAttribute: table.expiryAttribute,
    globalSecondaryIndexes: table.indexes.map(({ name, partitionKey, sortKey }) => ({
      indexName: name,
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    })),
    ...(table.streamed && { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }),
    deletionProtection: keep,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: keep },
    removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
