import { describe, expect, test } from "vitest";
import { readBootstrapFile } from "../../../lib/auth/bootstrap-file.ts";

/** The keys of a text, as `key secret role`. */
const keysOf = (text: string) =>
  readBootstrapFile(text).entries.map(({ api_key, secret, role }) => `${api_key} ${secret} ${role}`);

const badLinesOf = (text: string) => readBootstrapFile(text).badLines.map(({ line }) => line);

describe("a line", () => {
  test.each([
    ["a:b", "a b administrator"],
    ["a:b\r", "a b administrator"],
    ["  a:b\t ", "a b administrator"],
    ["a:b:administrator", "a b administrator"],
    ["a:b:viewer", "a b viewer"],
    ["a:b:publisher ", "a b publisher"],
    ["a:b # note", "a b # note administrator"],
    ["a : b", "a   b administrator"],
    ["ключ:тайна", "ключ тайна administrator"],
    [`${"k".repeat(1_024)}:b`, `${"k".repeat(1_024)} b administrator`],
  ])("%j is a key", (line, key) => {
    expect(keysOf(line)).toEqual([key]);
    expect(badLinesOf(line)).toEqual([]);
  });

  test.each(["", "   ", "\t\r", "# note", "#a:b", "  # a:b:viewer"])("%j is skipped", (line) => {
    expect(readBootstrapFile(line)).toEqual({ entries: [], badLines: [] });
  });

  test.each(
    [
      ["a", "a b", "a:", ":b", ":", "a:b:bad", "a:b:Viewer", "a:b: viewer", "a:b:c:viewer", "a:b:c"],
      ["a:b:", "a::b", "a:::", "a::viewer", `${"k".repeat(1_025)}:b`],
    ].flat(),
  )("%j is refused", (line) => {
    expect(keysOf(line)).toEqual([]);
    expect(badLinesOf(line)).toEqual([1]);
  });
});

describe("a file", () => {
  test("is read past its bad lines, each of which is named by its number", () => {
    const text = "# keys\n\na:b\nbroken\n\nc:d:viewer\ne:f:king\ng:h";
    expect(keysOf(text)).toEqual(["a b administrator", "c d viewer", "g h administrator"]);
    expect(badLinesOf(text)).toEqual([4, 7]);
  });

  test("tells of each key on which line it stands", () => {
    const { entries } = readBootstrapFile("\n# x\na:b\r\n\r\nc:d\r\n");
    expect(entries.map(({ line }) => line)).toEqual([3, 5]);
  });

  test("may begin with a byte order mark", () => {
    expect(keysOf("\ufeffa:b\nc:d")).toEqual(["a b administrator", "c d administrator"]);
  });

  test("gives a key that comes twice what its last good line says", () => {
    const { entries } = readBootstrapFile("a:first\nb:x\na:second:viewer\na:third:king");
    expect(entries).toEqual([
      { api_key: "a", secret: "second", role: "viewer", line: 3 },
      { api_key: "b", secret: "x", role: "administrator", line: 2 },
    ]);
  });

  test("may be empty", () => {
    expect(readBootstrapFile("")).toEqual({ entries: [], badLines: [] });
  });

  test("is not quoted in what is said about its bad lines", () => {
    const { badLines } = readBootstrapFile(
      "hidden\nhidden:hidden:hidden\nhidden:hidden:hidden:hidden\nhidden:",
    );
    expect(badLines).toHaveLength(4);
    expect(JSON.stringify(badLines)).not.toContain("hidden");
  });
});
