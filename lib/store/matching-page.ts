/** How long rows are read one after the other for a condition that no key serves, in milliseconds. */
const readBudget = 8_000;

/** Rows that were read at once. */
export interface Step<Row> {
  rows: readonly Row[];
  /** Behind what to read on, if there may be more and that can be said. */
  place?: string | undefined;
}

export type Steps<Row> = Iterable<Step<Row>> | AsyncIterable<Step<Row>>;

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
  steps: Steps<Row>,
  matches: (row: Row) => boolean,
  { offset, limit, counted }: PageRequest,
): Promise<MatchingPage<Row>> {
  const deadline = Date.now() + readBudget;
  const rows: Row[] = [];
  let count = 0;
  for await (const step of steps) {
    for (const row of step.rows.filter(matches)) {
      count += 1;
      if (count > offset && rows.length < limit) rows.push(row);
    }
    const full = count > offset + limit;
    if ((full && !counted) || Date.now() > deadline) return { rows, hasnext: true };
  }
  return { rows, hasnext: count > offset + limit, ...(counted && { count }) };
}

/**
 * The next rows that match, and whether there may be more: these are behind `place`, or behind the last row if that is
 * absent.
 */
export async function nextMatches<Row>(
  steps: Steps<Row>,
  matches: (row: Row) => boolean,
  limit: number,
): Promise<{ rows: Row[]; hasnext: boolean; place?: string | undefined }> {
  const deadline = Date.now() + readBudget;
  const rows: Row[] = [];
  /** The end of the last step in which there was nothing more. */
  let place: string | undefined;
  for await (const step of steps) {
    const found = step.rows.filter(matches);
    const taken = found.slice(0, limit - rows.length);
    rows.push(...taken);
    if (taken.length < found.length)
      return { rows, hasnext: true, place: taken.length > 0 ? undefined : place };
    place = step.place;
    if (place !== undefined && Date.now() > deadline) return { rows, hasnext: true, place };
  }
  return { rows, hasnext: false };
}

/** Rows that come one after the other, as steps. */
export async function* oneByOne<Row>(rows: Iterable<Row> | AsyncIterable<Row>): AsyncGenerator<Step<Row>> {
  for await (const row of rows) yield { rows: [row] };
}
