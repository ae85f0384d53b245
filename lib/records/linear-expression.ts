import { RE2JS, RE2JSException, RE2JSSyntaxException } from "re2js";

/** Expressions that are longer take too long to compile. */
const mostCharacters = 512;

/** How many steps an expression may compile to: a search takes at most so many per character of the text. */
const mostSteps = 1_000;

/** A regular expression that is searched in time proportional to the text, whatever the expression is. */
export interface LinearExpression {
  /** Whether it is found anywhere in a text. */
  foundIn(text: string): boolean;
  /**
   * The groups of the first place in a text where it is found, `undefined` if it is not. Those after the last one that
   * took part are left out, others that did not are empty, as Erlang's `re:run/3` has it.
   */
  groupsIn(text: string): string[] | undefined;
}

/** A text is no expression, or one that cannot be searched in linear time. */
export class BadExpression extends Error {
  override readonly name = "BadExpression";
  /** Where in the text, from 0. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * Reads a regular expression in the syntax of RE2: that of Perl without look-around and back references, which have
 * no linear search. Throws `BadExpression`.
 */
export function linearExpression(text: string): LinearExpression {
  if (text.length > mostCharacters) {
    throw new BadExpression(`the expression is too long: ${mostCharacters} characters at most`, 0);
  }
  const expression = compile(text);
  if (expression.programSize() > mostSteps) {
    throw new BadExpression(`the expression is too large: it takes more than ${mostSteps} steps`, 0);
  }
  return {
    foundIn: (candidate) => expression.test(candidate),
    groupsIn: (candidate) => groupsIn(expression, candidate),
  };
}

function groupsIn(expression: RE2JS, text: string): string[] | undefined {
  const matcher = expression.matcher(text);
  if (!matcher.find()) return undefined;
  const groups = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1));
  return groups.slice(0, groups.findLastIndex((group) => group !== null) + 1).map((group) => group ?? "");
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    if (!(error instanceof RE2JSSyntaxException)) throw new BadExpression(error.message, 0);
    throw new BadExpression(reasonOf(error), positionOf(error, text));
  }
}

/** What EMQX, whose expressions are PCRE's, calls the common mistakes. */
const reasons: Record<string, string> = {
  "missing closing )": "missing )",
  "unexpected )": "unmatched parentheses",
  "missing closing ]": "missing terminating ] for character class",
  "missing argument to repetition operator": "nothing to repeat",
  "invalid character class range": "range out of order in character class",
  "trailing backslash at end of expression": "\\ at end of pattern",
};

/** What RE2 lacks is named, because EMQX's expressions have it. */
function reasonOf({ error, input }: RE2JSSyntaxException): string {
  const reason = reasons[error];
  if (reason) return reason;
  const lacking = /Perl syntax|escape sequence/.test(error);
  const hint = lacking ? ": look-around and back references are not supported" : "";
  return input ? `${error} at ${input}${hint}` : `${error}${hint}`;
}

function positionOf({ error, input }: RE2JSSyntaxException, text: string): number {
  return error.startsWith("missing closing") ? text.length : Math.max(0, text.indexOf(input ?? ""));
}
