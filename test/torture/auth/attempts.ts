import type { Mutations } from "./mutations.ts";
import { forgedTokens, type Subjects } from "./subjects.ts";

/** A try to get in: a header that should not let anybody in. */
export interface Attempt {
  kind: string;
  header: string;
}

type Make = (subjects: Subjects, random: Mutations) => Attempt;

const base64 = (text: string) => Buffer.from(text).toString("base64");
const basic = ([key, secret]: readonly [string, string]) => `Basic ${base64(`${key}:${secret}`)}`;

/** Tries that are refused without a slow hash come often, others seldom: each of these costs a tenth of a second. */
const kinds: { often: number; make: Make }[] = [
  {
    often: 120,
    make: ({ tokens }, random) => ({
      kind: "changed token",
      header: `Bearer ${random.text(random.pick(tokens))}`,
    }),
  },
  {
    often: 50,
    make: ({ tokens }, random) => {
      const forged = random.pick(forgedTokens(random.pick(tokens)));
      return {
        kind: "forged token",
        header: `Bearer ${random.number(3) === 0 ? random.text(forged) : forged}`,
      };
    },
  },
  {
    often: 20,
    make: ({ tokens }, random) => {
      const [one, two] = [random.pick(tokens), random.pick(tokens)].map((token) => token.split("."));
      const parts = [0, 1, 2].map((n) => (random.number(2) === 0 ? one : two)?.[n] ?? "");
      return { kind: "parts of two tokens", header: `Bearer ${parts.join(".")}` };
    },
  },
  {
    often: 20,
    make: ({ lostTokens }, random) => ({
      kind: "token that is over",
      header: `Bearer ${random.pick(lostTokens)}`,
    }),
  },
  {
    often: 2,
    make: ({ keys }, random) => ({ kind: "changed header", header: random.text(basic(random.pick(keys))) }),
  },
  {
    often: 30,
    make: ({ keys, tokens }, random) => {
      const values = [random.pick(tokens), basic(random.pick(keys)).slice(6), random.pick(keys).join(":")];
      const schemes = [
        "Basic",
        "Bearer",
        "Digest",
        "JWT",
        "Token",
        "",
        "BasicBasic",
        "Basic Bearer",
        "Bearer Basic",
      ];
      return { kind: "wrong scheme", header: `${random.pick(schemes)} ${random.pick(values)}` };
    },
  },
  {
    often: 1,
    make: ({ keys }, random) => {
      const [key, secret] = random.pick(keys);
      return { kind: "changed secret", header: basic([key, random.text(secret)]) };
    },
  },
  {
    often: 1,
    make: ({ keys }, random) => {
      const [key, secret] = random.pick(keys);
      return { kind: "changed key", header: basic([random.text(key), secret]) };
    },
  },
  {
    often: 1,
    make: ({ keys }, random) => ({
      kind: "secret of another key",
      header: basic([random.pick(keys)[0], random.pick(keys)[1]]),
    }),
  },
  {
    often: 1,
    make: ({ lostKeys }, random) => ({ kind: "key that is not valid", header: basic(random.pick(lostKeys)) }),
  },
];

const lots = kinds.flatMap(({ often, make }) => Array.from({ length: often }, () => make));

/** An attempt of any kind. It may be right by chance, or be another spelling of what is right: see `isRight`. */
export function makeAttempt(subjects: Subjects, random: Mutations): Attempt {
  return random.pick(lots)(subjects, random);
}

/** Kinds that make headers with a token; they come first. */
const tokenLots = lots.filter((make) => kinds.slice(0, 4).some((kind) => kind.make === make));

/** An attempt with a token. */
export function makeTokenAttempt(subjects: Subjects, random: Mutations): Attempt {
  return random.pick(tokenLots)(subjects, random);
}

/** An attempt with a key and a secret. */
export function makeKeyAttempt(subjects: Subjects, random: Mutations): Attempt {
  const [key, secret] = random.pick(subjects.keys);
  const given: [string, string][] = [
    [key, random.text(secret)],
    [random.text(key), secret],
    [random.text(key), random.text(secret)],
    [key, random.pick(subjects.keys)[1]],
  ];
  return { kind: "key and secret", header: basic(random.pick(given)) };
}

/**
 * Whether a header says what is right after all: blanks, the scheme's case, and the unused bits of Base64's last digit
 * change nothing. Read anew here, and not by the code that is tried.
 */
export function isRight(header: string, { keys, tokens }: Subjects): boolean {
  const [, scheme = "", value = ""] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(header) ?? [];
  if (/^bearer$/i.test(scheme)) return tokens.includes(value);
  if (!/^basic$/i.test(scheme)) return false;
  const text = Buffer.from(value.replaceAll(" ", ""), "base64").toString();
  return keys.some(([key, secret]) => text === `${key}:${secret}`);
}

/** Whether HTTP can carry a header. */
export const canBeSent = (header: string) => /^[\t\x20-\x7e\x80-\xff]*$/.test(header);
