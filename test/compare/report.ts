import { accepted } from "./accepted.ts";
import type { Comparison, Finding } from "./comparison.ts";
import type { DocumentComparison } from "./openapi.ts";
import type { Request } from "./target.ts";

/** The result of a comparison as text: counts, accepted differences by reason, and each one without a reason. */
export function report(
  { observations, findings, aside }: Comparison,
  address: { base: string },
  isWhole: boolean,
): string {
  const open = findings.filter(({ reasons }) => reasons === undefined);
  const reasons = findings.flatMap((finding) => finding.reasons ?? []);
  const byReason = new Map(
    [...Map.groupBy(reasons, (reason) => reason)].map(([it, all]) => [it, all.length]),
  );
  const known = new Set(accepted.map(({ reason }) => reason));
  const unused = [...known].filter((reason) => isWhole && !byReason.has(reason));
  const equal = observations - findings.length;
  return [
    `compatible with EMQX in ${equal} of ${observations} observations (${percent(equal, observations)})`,
    "set aside, while the rest of these observations is compared:",
    "         in all  ids, times, versions, loads, connections' ports and sizes by their kind; the order of lists; `reason`, which repeats `message`",
    ...table(aside),
    `${findings.length - open.length} differ on purpose`,
    ...table(byReason),
    ...(unused.length > 0
      ? ["rules that nothing needed this time:", ...unused.map((it) => `         ${it}`)]
      : []),
    `${open.length} differ without a reason`,
    ...open.flatMap((finding) => ["", describe(finding, address.base)]),
  ].join("\n");
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;

/** Counts and what is counted, the most first. */
const table = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `  ${String(count).padStart(5)}  ${what}`);

/** The result of the comparison of the API documents as text. */
export function documentReport({ shared, mismatches, notServed }: DocumentComparison): string {
  const open = mismatches.filter(({ reason }) => reason === undefined);
  const byReason = Map.groupBy(
    mismatches.filter(({ reason }) => reason !== undefined),
    ({ reason }) => reason ?? "",
  );
  const missing = [...notServed].toSorted(([a], [b]) => a.localeCompare(b));
  const count = missing.reduce((sum, [, operations]) => sum + operations.length, 0);
  return [
    `API documents: ${shared} operations in both, ${mismatches.length - open.length} differences on purpose`,
    ...[...byReason].map(([reason, found]) => `  ${String(found.length).padStart(5)}  ${reason}`),
    `${open.length} differences without a reason`,
    ...open.map(
      ({ operation, kind, name, saidBy }) => `  ${operation}: ${kind} ${name}, only in ${whose[saidBy]}`,
    ),
    `${count} operations of EMQX are not served:`,
    ...missing.map(([tag, operations]) => `  ${String(operations.length).padStart(5)}  ${tag}`),
  ].join("\n");
}

const whose = { reference: "EMQX's", ours: "ours" };

function describe({ scenario, request, differences }: Finding, base: string): string {
  const what = request.method === "seen:" ? request.path : curlLine(request, base);
  return [
    `[${scenario}] ${what}`,
    ...differences
      .slice(0, 8)
      .map(({ place, reference, ours }) => `    ${place}: EMQX ${short(reference)}, ours ${short(ours)}`),
  ].join("\n");
}

/** A request as a curl line; credentials are left for the reader to fill in. */
export function curlLine({ method, path, as = "key", headers = {}, body }: Request, base: string): string {
  const credentials = { key: '-u "$key"', token: '-H "authorization: Bearer $token"', nobody: "" };
  const content =
    body === undefined ? [] : ["-d", quote(typeof body === "string" ? body : JSON.stringify(body))];
  const all = {
    ...(body !== undefined && typeof body !== "string" && { "content-type": "application/json" }),
    ...headers,
  };
  return [
    "curl -i",
    method === "GET" ? "" : `-X ${method}`,
    typeof as === "string" ? credentials[as] : `-H ${quote(`authorization: ${as.authorization}`)}`,
    ...Object.entries(all).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...content,
    quote(`${base}/api/v5${path}`),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function short(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
