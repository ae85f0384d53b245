/** Epoch milliseconds as RFC 3339 with three fraction digits and the offset in digits, as EMQX writes UTC. */
export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "+00:00");
}
