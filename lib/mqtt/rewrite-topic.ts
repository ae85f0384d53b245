import { BadExpression, type LinearExpression, linearExpression } from "../records/linear-expression.ts";
import type { RewriteRule } from "../records/topic-rewrite.ts";
import { covers } from "./filter-cover.ts";
import { sharedFilter } from "./shared-filter.ts";

/** A rule that is ready for use. */
export interface CompiledRule extends RewriteRule {
  expression: LinearExpression;
}

/** Values of the placeholders; what is missing stays as it is written. */
export interface RewriteNames {
  clientid: string;
  username?: string;
}

/** Makes a rule ready for use. Throws `BadExpression`. */
export function compileRule(rule: RewriteRule): CompiledRule {
  return { ...rule, expression: linearExpression(rule.re) };
}

/** What is wrong with a rule's regular expression, `undefined` if nothing is. */
export function expressionProblem(re: string): string | undefined {
  try {
    linearExpression(re);
    return undefined;
  } catch (error) {
    if (error instanceof BadExpression) return error.message;
    throw error;
  }
}

/**
 * What a topic becomes. The last rule whose source matches decides; if its expression is not found in the topic, the
 * topic stays as it is. [emqx_rewrite]
 */
export function rewriteTopic(topic: string, rules: readonly CompiledRule[], names: RewriteNames): string {
  const rule = rules.findLast(({ source_topic }) => covers(source_topic, topic));
  const captured = rule?.expression.groupsIn(topic);
  if (!rule || !captured) return topic;
  return rule.dest_topic.replace(
    /\$(?:([1-9])|\{(clientid|username)\})/g,
    (literal, group: string | undefined, name: keyof RewriteNames) =>
      (group ? captured[Number(group) - 1] : names[name]) ?? literal,
  );
}

/** A subscription's filter with what its topic becomes; a shared one keeps its group. */
export function rewriteFilter(filter: string, rules: readonly CompiledRule[], names: RewriteNames): string {
  const topic = sharedFilter(filter)?.filter ?? filter;
  return filter.slice(0, filter.length - topic.length) + rewriteTopic(topic, rules, names);
}
