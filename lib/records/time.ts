/** Epoch milliseconds as RFC 3339 with three fraction digits and the offset in digits, as EMQX writes UTC. */
export function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}+00:00`;
}

/** Epoch seconds as RFC 3339 without a fraction. */
export function rfc3339Seconds(seconds: number): string {
  return rfc3339(seconds * 1000).replace(".000", "");
}
