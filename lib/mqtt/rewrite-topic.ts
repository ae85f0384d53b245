import { RE2JS } from "re2js";
import type { RewriteRule } from "../records/topic-rewrite.ts";
import { sharedFilter } from "./shared-filter.ts";
import { matchesFilter } from "./topic.ts";

/** A rule that is ready for use. */
export interface CompiledRule extends RewriteRule {
  expression: RE2JS;
}

/** Values of the placeholders; what is missing stays as it is written. */
export interface RewriteNames {
  clientid: string;
  username?: string;
}

/** Makes a rule ready for use. Throws an `Error` if its expression is none; see `expressionProblem`. */
export function compileRule(rule: RewriteRule): CompiledRule {
  return { ...rule, expression: RE2JS.compile(rule.re) };
}

/**
 * What is wrong with a regular expression, `undefined` if nothing is. Expressions are RE2's, which take a time that is
 * linear in the topic; so look-around and back references, which EMQX takes, are not to be had.
 */
export function expressionProblem(re: string): string | undefined {
  try {
    RE2JS.compile(re);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * What a topic becomes. The last rule whose source matches decides; if its expression is not found in the topic, the
 * topic stays as it is. [emqx_rewrite]
 */
export function rewriteTopic(topic: string, rules: readonly CompiledRule[], names: RewriteNames): string {
  const rule = rules.findLast(({ source_topic }) => matchesFilter(topic, source_topic));
  const captured = rule && capture(rule.expression, topic);
  if (!captured) return topic;
  return rule.dest_topic.replace(
    /\$(?:([1-9])|\{(clientid|username)\})/g,
    (literal, group: string | undefined, name: keyof RewriteNames) =>
      (group ? captured[Number(group) - 1] : names[name]) ?? literal,
  );
}

/** The groups of the first match. Those after the last one that took part are left out, others are empty. [re:run/3] */
function capture(expression: RE2JS, topic: string): string[] | undefined {
  const matcher = expression.matcher(topic);
  if (!matcher.find()) return undefined;
  const groups = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1));
  return groups.slice(0, groups.findLastIndex((group) => group !== null) + 1).map((group) => group ?? "");
}

/** A subscription's filter with what its topic becomes; a shared one keeps its group. */
export function rewriteFilter(filter: string, rules: readonly CompiledRule[], names: RewriteNames): string {
  const topic = sharedFilter(filter)?.filter ?? filter;
  return filter.slice(0, filter.length - topic.length) + rewriteTopic(topic, rules, names);
}
