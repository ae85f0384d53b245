import { isDeepStrictEqual } from "node:util";

/** A place at which two observations differ. */
export interface Difference {
  /** `status`, `headers.allow`, `body.data[0].qos` … */
  place: string;
  reference: unknown;
  ours: unknown;
}

/** All places at which ours differs from the reference's. */
export function differences(reference: unknown, ours: unknown): Difference[] {
  return [...compare("", reference, ours)];
}

function* compare(place: string, reference: unknown, ours: unknown): Generator<Difference> {
  if (Array.isArray(reference) && Array.isArray(ours)) yield* compareLists(place, reference, ours);
  else if (isRecord(reference) && isRecord(ours)) {
    for (const key of new Set([...Object.keys(reference), ...Object.keys(ours)])) {
      yield* compare(placeOf(place, key), reference[key], ours[key]);
    }
  } else if (!isDeepStrictEqual(reference, ours)) yield { place, reference, ours };
}

/** Lists of one length are compared element by element; of others, what the one has and the other lacks is told. */
function* compareLists(place: string, reference: unknown[], ours: unknown[]): Generator<Difference> {
  if (reference.length === ours.length) {
    for (const [n, item] of reference.entries()) yield* compare(placeOf(place, n), item, ours[n]);
    return;
  }
  for (const [n, item] of without(reference, ours)) {
    yield { place: placeOf(place, n), reference: item, ours: undefined };
  }
  for (const [n, item] of without(ours, reference)) {
    yield { place: placeOf(place, n), reference: undefined, ours: item };
  }
}

/** What is in a list and not in another one; what is there twice counts twice. */
function without(list: unknown[], other: unknown[]): [number, unknown][] {
  const left = [...other];
  return [...list.entries()].filter(([, item]) => {
    const at = left.findIndex((candidate) => isDeepStrictEqual(candidate, item));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const placeOf = (place: string, key: string | number) => (place === "" ? String(key) : `${place}.${key}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
