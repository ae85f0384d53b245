import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { Database } from "./database.ts";
import { accessKeys } from "./tables.ts";

const day = 86_400_000;

/** Entries that are shown: EMQX's default, which keeps no more. [emqx_audit, `max_filter_size`] */
const shownEntries = 5_000;

/** A time range in epoch microseconds, both ends included. */
export interface AuditRange {
  from: number;
  to: number;
}

/** The audit log of the access table: one collection per day. */
export class AuditLog {
  readonly #database: Database;
  /** Days for which an entry is kept. */
  readonly retentionDays: number;

  constructor(database: Database, retentionDays = 30) {
    this.#database = database;
    this.retentionDays = retentionDays;
  }

  /** Names of headers may be any text; the SDK does not write all of them as names of attributes. */
  async add({ http_request, ...entry }: AuditEntry): Promise<void> {
    const milliseconds = Math.floor(entry.created_at / 1000);
    await this.#database.client.send(
      new PutCommand({
        TableName: this.#database.access,
        Item: {
          pk: partitionOf(milliseconds),
          sk: `${sortable(entry.created_at)}#${entry.request_id}`,
          ...entry,
          http_request: JSON.stringify(http_request),
          expires_at: Math.floor((milliseconds + this.retentionDays * day) / 1000),
        },
      }),
    );
  }

  /** The newest entries of a range, as many as are shown, oldest first. */
  async newest({ from, to }: AuditRange): Promise<AuditEntry[]> {
    if (from > to) return [];
    const now = Date.now();
    const first = Math.max(Math.floor(from / 1000), now - this.retentionDays * day);
    const last = Math.min(Math.floor(to / 1000), now);
    const found: AuditEntry[] = [];
    for (let at = last; at > first - day && found.length < shownEntries; at -= day) {
      for await (const entry of this.#entriesOf(partitionOf(at), from, to)) {
        found.push(entry);
        if (found.length === shownEntries) break;
      }
    }
    return found.reverse();
  }

  /** The entries of a day, newest first. */
  async *#entriesOf(pk: string, from: number, to: number): AsyncGenerator<AuditEntry> {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#database.client.send(
        new QueryCommand({
          TableName: this.#database.access,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
          ExpressionAttributeValues: { ":pk": pk, ":from": sortable(from), ":to": `${sortable(to)}~` },
          ScanIndexForward: false,
          ExclusiveStartKey,
        }),
      );
      for (const item of Items) yield toEntry(item);
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }
}

const partitionOf = (milliseconds: number) =>
  `${accessKeys.audit}${new Date(milliseconds).toISOString().slice(0, 10)}`;
const sortable = (microseconds: number) => String(Math.max(0, microseconds)).padStart(17, "0");

function toEntry({
  pk: _,
  sk: __,
  expires_at: ___,
  http_request,
  ...entry
}: Record<string, unknown>): AuditEntry {
  return { ...entry, http_request: JSON.parse(String(http_request)) } as unknown as AuditEntry;
}
