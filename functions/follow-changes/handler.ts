import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { work } from "../../lib/deps/work.ts";
import { followChanges as follow } from "../../lib/ingest/registry-changes.ts";
import type { ItemChange } from "../../lib/store/directory-feed.ts";
import { followChanges } from "./worker.ts";

/** The shard is named only in events of a tumbling window, so the event source has one. */
type WindowedStreamEvent = DynamoDBStreamEvent & { shardId?: string };

/** What Lambda takes for success in a tumbling window; an answer without a state counts as a failure. */
interface WindowResponse {
  state: Record<string, never>;
}

/** Follows a batch of changes of the registry table, of one shard of its stream. A batch that fails comes again. */
export const handler = work(
  followChanges,
  async ({ Records = [], shardId }: WindowedStreamEvent, deps): Promise<WindowResponse> => {
    if (!shardId) throw new Error("The change stream's event does not name its shard");
    await follow(deps, shardId, Records.map(toChange));
    return { state: {} };
  },
);

/** Sequence numbers have up to 40 digits. */
const sequenceDigits = 40;

function toChange({ dynamodb = {} }: DynamoDBRecord): ItemChange {
  const { Keys, OldImage, NewImage, SequenceNumber = "" } = dynamodb;
  const { pk, sk } = unmarshall(Keys as Record<string, AttributeValue>);
  return {
    pk,
    sk,
    before: OldImage && unmarshall(OldImage as Record<string, AttributeValue>),
    after: NewImage && unmarshall(NewImage as Record<string, AttributeValue>),
    sequence: SequenceNumber.padStart(sequenceDigits, "0"),
  };
}
