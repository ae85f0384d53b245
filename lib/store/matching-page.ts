/** How long rows are read one after the other for a condition that no key serves, in milliseconds. */
const readBudget = 8_000;

/** Rows that match, from `offset` (from 0) on, at most `limit`; `counted` asks for the number of all matches. */
export interface PageRequest {
  offset: number;
  limit: number;
  counted: boolean;
}

export interface MatchingPage<Row> {
  rows: Row[];
  /** Also true if the time was too short to see the end. */
  hasnext: boolean;
  /** The number of all matches, if it was asked for and all were seen. */
  count?: number;
}

/** A page of the rows that match. Reads on until it is full, or to the end where matches are counted. */
export async function matchingPage<Row>(
  candidates: Iterable<Row> | AsyncIterable<Row>,
  matches: (row: Row) => boolean,
  { offset, limit, counted }: PageRequest,
): Promise<MatchingPage<Row>> {
  const deadline = Date.now() + readBudget;
  const rows: Row[] = [];
  let count = 0;
  for await (const row of candidates) {
    if (matches(row)) {
      count += 1;
      if (count > offset && rows.length < limit) rows.push(row);
    }
    const full = count > offset + limit;
    if ((full && !counted) || Date.now() > deadline) return { rows, hasnext: true };
  }
  return { rows, hasnext: count > offset + limit, ...(counted && { count }) };
}

/** The next rows that match, and whether there may be more; `last` is the last one that was read for them. */
export async function nextMatches<Row>(
  candidates: Iterable<Row> | AsyncIterable<Row>,
  matches: (row: Row) => boolean,
  limit: number,
): Promise<{ rows: Row[]; last?: Row | undefined; hasnext: boolean }> {
  const deadline = Date.now() + readBudget;
  const rows: Row[] = [];
  let last: Row | undefined;
  for await (const row of candidates) {
    if (matches(row)) {
      if (rows.length === limit) return { rows, last, hasnext: true };
      rows.push(row);
    }
    last = row;
    if (Date.now() > deadline) return { rows, last, hasnext: true };
  }
  return { rows, hasnext: false };
}
