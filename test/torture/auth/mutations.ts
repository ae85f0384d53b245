import { Random } from "../random.ts";

/** Makes wrong credentials from right ones. All of it follows from the seed. */
export class Mutations extends Random {
  /** The text with something wrong in it: never the text itself. */
  text(text: string): string {
    const change = this.pick(changes);
    const changed = change(text, this);
    return changed === text ? `${text}${this.pick(["x", "0", "="])}` : changed;
  }
}

type Change = (text: string, random: Mutations) => string;

const at = (text: string, random: Mutations) => random.number(Math.max(text.length, 1));

const characters = [
  ..."abcXYZ019_-+/=.:%",
  "\u0000",
  " ",
  "\n",
  "\u00e4",
  "\ufeff",
  "\ud83d\ude00",
  "\u0130",
];

/** One way to make a text wrong each. */
const changes: readonly Change[] = [
  // One bit of one character.
  (text, random) => {
    const place = at(text, random);
    const code = text.charCodeAt(place) ^ (1 << random.number(7));
    return text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
  },
  (text, random) => text.slice(0, at(text, random)),
  (text, random) => text.slice(at(text, random)),
  (text, random) => {
    const place = at(text, random);
    return text.slice(0, place) + text.slice(place + 1);
  },
  (text, random) => {
    const place = at(text, random);
    return text.slice(0, place) + random.pick(characters) + text.slice(place);
  },
  (text, random) => {
    const place = at(text, random);
    return text.slice(0, place) + random.pick(characters) + text.slice(place + 1);
  },
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text, random) => {
    const place = at(text, random);
    const character = text.charAt(place);
    const other = character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase();
    return text.slice(0, place) + other + text.slice(place + 1);
  },
  (text) => [...text].reverse().join(""),
  (text) => text + text,
  (text) => text.slice(text.length / 2) + text.slice(0, text.length / 2),
  (text, random) => text + random.pick(characters),
  (text, random) => random.pick(characters) + text,
  () => "",
  (text) => text.padEnd(2_000, "x"),
  (text) => text.normalize("NFKD").replaceAll("a", "\u0430"),
  (_, random) =>
    random.pick(["null", "undefined", "true", "*", "' OR 1=1 --", '{"$ne":null}', "[object Object]"]),
];
