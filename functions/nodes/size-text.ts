const units = [
  ["G", 2 ** 30],
  ["M", 2 ** 20],
  ["K", 2 ** 10],
] as const;

/** A size in bytes with two decimals and its unit, `512.00M`; exactly 1,024 and less has none. [emqx_mgmt] */
export function sizeText(bytes: number): string {
  for (const [unit, size] of units) {
    if (bytes > size) return `${(bytes / size).toFixed(2)}${unit}`;
  }
  return String(bytes);
}
