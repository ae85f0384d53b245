const specials = new Set("!@#$%^&*()_+-=[]{}\"|;':,./<>?`~ ");

const kinds = [
  (character: string) => /[A-Za-z]/.test(character),
  (character: string) => /[0-9]/.test(character),
  (character: string) => specials.has(character),
];

/** Why a password is not good enough, in EMQX's words; `undefined` if it is. [emqx_dashboard_admin] */
export function passwordProblem(password: string): string | undefined {
  const bytes = Buffer.byteLength(password);
  if (bytes < 8 || bytes > 64) return "The range of password length is 8~64";
  const characters = [...password];
  if (kinds.filter((isKind) => characters.some(isKind)).length < 2) {
    return "Bad password. At least two different kind of characters from groups of letters, numbers, and special characters. For example, if password is composed from letters, it must contain at least one number or a special character.";
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are ASCII too
  if (!/^[\x00-\x7f]*$/.test(password)) return "Only ascii characters are allowed in the password";
  return undefined;
}
