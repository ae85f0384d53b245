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
  if (isContainer(reference) && isContainer(ours) && Array.isArray(reference) === Array.isArray(ours)) {
    for (const key of new Set([...Object.keys(reference), ...Object.keys(ours)])) {
      yield* compare(place === "" ? key : `${place}.${key}`, reference[key], ours[key]);
    }
  } else if (!Object.is(reference, ours)) yield { place, reference, ours };
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
