import type * as z from "zod/mini";
import { shownValue } from "../contract/erlang-values.ts";
import type { FailureDetail } from "../contract/failure-detail.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * The `message` of a 400 for parameters or a body that do not fit their schema: JSON text, an object for one failure
 * and an array for several, as EMQX writes it. `root` is the name of the parameter, or `root` for a body.
 */
export function failureText(issues: readonly Issue[], root: Path): string {
  const failures = relevant(issues).map((issue) => describe(issue, root));
  return JSON.stringify(failures.length === 1 ? failures[0] : failures);
}

/** An unknown field hides the other failures of its object, and a list reports its first bad element alone. */
function relevant(issues: readonly Issue[]): Issue[] {
  const unknown = issues.filter(({ code }) => code === "unrecognized_keys");
  const shown = issues.filter(
    (issue) => unknown.includes(issue) || !unknown.some(({ path }) => isBelow(issue.path, path)),
  );
  const [first] = shown[0]?.path ?? [];
  return typeof first === "number" ? shown.filter(({ path }) => path[0] === first) : shown;
}

const isBelow = (path: Path, parent: Path) => parent.every((part, n) => part === path[n]);

function describe(issue: Issue, root: Path): Record<string, unknown> {
  const path = [...root, ...issue.path].map((part) => (typeof part === "number" ? part + 1 : String(part)));
  const common = { kind: "validation_error", path: path.join(".") };
  const missing = issue.input === undefined && issue.code !== "unrecognized_keys";
  if (missing) return { ...common, reason: "required_field" };
  const { detail, shown } = detailOf(issue.message);
  return { ...common, ...detail, ...(shown && { value: shownValue(issue.input) }) };
}

function detailOf(message: string): FailureDetail {
  try {
    return JSON.parse(message) as FailureDetail;
  } catch {
    return { detail: { reason: message }, shown: true };
  }
}
