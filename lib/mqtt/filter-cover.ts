import { compareBytes } from "./compare-bytes.ts";

/**
 * Whether a topic name falls under a filter; or whether the filter covers another one, whose wildcards count as plain levels: `t/#` covers `t/+`, and `t/+` covers
 * `t/#`. Nothing is said about the syntax of either: a `#` before the end covers a `#` alone. [emqx_topic]
 */
export function covers(filter: string, other: string): boolean {
  // [MQTT-4.7.2-1] a leading wildcard does not match topics starting with '$'
  if (other.startsWith("$") && /^[+#]/.test(filter)) return false;
  const parts = filter.split("/");
  const levels = other.split("/");
  for (const [depth, part] of parts.entries()) {
    if (part === "#" && depth === parts.length - 1) return true;
    if (depth >= levels.length || (part !== "+" && part !== levels[depth])) return false;
  }
  return parts.length === levels.length;
}

/** The levels before a filter's first wildcard, and whether it has one. */
export function fixedStart(filter: string): { levels: string[]; open: boolean } {
  const parts = filter.split("/");
  const first = parts.findIndex(isWildcard);
  return first < 0 ? { levels: parts, open: false } : { levels: parts.slice(0, first), open: true };
}

/**
 * Where to go on in a list of filters in the order of their bytes: a text that lies behind `last`, while nothing
 * between the two is covered by `filter`. `undefined` if what follows `last` may be covered.
 */
export function nextCandidate(filter: string, last: string): string | undefined {
  if (last.startsWith("$") && /^[+#]/.test(filter)) return after("$");
  const parts = filter.split("/");
  const levels = last.split("/");
  const above = (depth: number) => levels.slice(0, depth).join("/");
  for (let depth = 0; depth < parts.length; ) {
    if (parts[depth] === "#" && depth === parts.length - 1) return undefined;
    if (levels.length <= depth) return behind(last);
    if (parts[depth] === "+") {
      depth += 1;
      continue;
    }
    const end = endOfNames(parts, depth);
    const goal = [...levels.slice(0, depth), ...parts.slice(depth, end)].join("/");
    if (compareBytes(last, goal) < 0) return goal;
    if (!last.startsWith(goal)) return depth === 0 ? undefined : after(`${above(depth)}/`);
    if (above(end) !== goal) return behind(last);
    depth = end;
  }
  return levels.length > parts.length ? after(`${above(parts.length)}/`) : undefined;
}

const isWildcard = (part: string) => part === "+" || part === "#";

function endOfNames(parts: readonly string[], from: number): number {
  const next = parts.findIndex((part, depth) => depth >= from && part === "+");
  const end = parts.at(-1) === "#" ? parts.length - 1 : parts.length;
  return next < 0 ? end : next;
}

/** The text that comes next; NUL is in none. [MQTT-4.7.3-2] */
const behind = (text: string) => `${text}\u0001`;

/** The first text behind all that begin with a text, which ends in an ASCII character. */
const after = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
