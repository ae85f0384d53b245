export interface RankTest {
  /** How likely ranks as unequal as these are if both samples come from the same distribution. */
  p: number;
  /** How likely a value of the first sample is greater than one of the second; 0.5 if neither tends to be. */
  greater: number;
}

/** Mann and Whitney's U test, two-sided, with the normal approximation that large samples allow, ties included. */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const all = [
    ...first.map((value) => ({ value, own: true })),
    ...second.map((value) => ({ value, own: false })),
  ];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const rank = (start + 1 + end) / 2;
    const size = end - start;
    ties += size ** 3 - size;
    for (const { own } of all.slice(start, end)) if (own) rankSum += rank;
    start = end;
  }
  const [n, m] = [first.length, second.length];
  const u = rankSum - (n * (n + 1)) / 2;
  const total = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  const z = deviation === 0 ? 0 : (u - (n * m) / 2) / deviation;
  return { p: 2 * (1 - normal(Math.abs(z))), greater: u / (n * m) };
}

/** The normal distribution function. [Abramowitz and Stegun 26.2.17] */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = terms.reduceRight((rest, term) => (rest + term) * t, 0);
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
