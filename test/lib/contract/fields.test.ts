import { describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import {
  anyInteger,
  commaList,
  flag,
  integer,
  isRepeated,
  list,
  oneOf,
  positiveInteger,
  qos,
  repeated,
  sentText,
  struct,
  text,
  textMap,
} from "../../../lib/contract/fields.ts";
import { instant } from "../../../lib/contract/time-fields.ts";
import { failureText } from "../../../lib/http/validation-failure.ts";

/** What the wire says about a value that does not fit, without what every failure has. */
function failureOf(schema: z.ZodMiniType, value: unknown): Record<string, unknown> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) throw new Error(`${JSON.stringify(value)} fits`);
  const { kind, ...failure } = JSON.parse(failureText(result.error.issues, ["f"]));
  expect(kind).toBe("validation_error");
  return failure;
}

const because = (reason: unknown, value: unknown, path = "f") => ({ path, reason, value });

describe("text", () => {
  test.each([
    ["a", "a"],
    ["", ""],
    ["测试 😀\n", "测试 😀\n"],
    [1, "1"],
    [[], ""],
  ])("takes %j as %j", (given, read) => expect(text().parse(given)).toBe(read));

  test.each([1, true, "a\u0000b"])("that must be sent as text is not %j", (given) => {
    expect(failureOf(sentText(), given)).toEqual(because({ expected: "binary()" }, given));
  });

  test("takes a list of characters as their text", () => {
    expect(text().parse([97, 98])).toBe("ab");
    expect(text().parse([195, 188, 300])).toBe("Ã¼Ĭ");
  });

  test.each([true, 1.5, {}, "\0", "a\u0001", "\ud800"])("refuses %j", (given) => {
    expect(failureOf(text(), given)).toEqual(because({ expected: "binary()" }, given));
  });
});

const pair = ([given, value]: unknown[]): [unknown, unknown] => [given, value];

describe("integer", () => {
  test.each([
    [1, 1],
    ["10", 10],
    ["+2", 2],
    [" 1", 1],
  ])("takes %j as %j", (given, read) => expect(integer(1, 10).parse(given)).toBe(read));

  const refused: [unknown, unknown][] = [
    ...[0, 11, 1.5, true, null, "abc", "ü", "a@b"].map((it): [unknown, unknown] => [it, it]),
    ...[
      ["0", 0],
      ["1.5", 1.5],
      ["1.0e3", 1_000],
      ["true", true],
      ["null", null],
    ].map(pair),
    ...[
      ["", []],
      ["[]", []],
      [[97, 98], "ab"],
      [[1], "\u0001"],
      [[[97], "b"], "ab"],
      [["a"], ["a"]],
    ].map(pair),
  ];

  test.each(refused)("refuses %j, which it reads as %j", (given, value) => {
    expect(failureOf(integer(1, 10), given)).toEqual(because({ expected: "1..10" }, value));
  });

  test.each(["A", "1e3", "0x1", "127.0.0.1", "a b", "a-b", "and", " ", "(", "%", "1..", "--1", "²"])(
    "refuses %j, which is no Erlang term",
    (given) => {
      expect(failureOf(integer(1, 10), given)).toEqual(because("Unable to parse Erlang term", given));
    },
  );

  test.each(["测试", '"', "'", "$", "(a+)+$", "x".repeat(256), `${"%".repeat(50)}\n测`])(
    "refuses %j, which has no Erlang tokens",
    (given) => {
      expect(failureOf(integer(1, 10), given)).toEqual(because("Unable to tokenize Erlang term", given));
    },
  );

  test("takes the word `undefined` for no value", () => {
    expect(failureOf(integer(1, 10), "undefined")).toEqual({ path: "f", reason: "required_field" });
  });

  test.each(["", "abc", "1.5", "1 ", "undefined"])("of any size is not %j", (given) => {
    expect(failureOf(anyInteger(), given)).toEqual(because("Unable to parse integer value", given));
  });

  test("names the kind of number where there are no bounds", () => {
    expect(failureOf(positiveInteger(), 0)).toEqual(because({ expected: "pos_integer()" }, 0));
    expect(failureOf(anyInteger(), 1.5)).toEqual(because({ expected: "integer()" }, 1.5));
    expect(anyInteger().parse("-3")).toBe(-3);
  });
});

describe("flag", () => {
  test.each([
    [true, true],
    [false, false],
    ["true", true],
    ["false", false],
  ])("takes %j as %j", (given, read) => expect(flag().parse(given)).toBe(read));

  test.each([0, 1, "1", "yes", "TRUE", ""])("refuses %j", (given) => {
    expect(failureOf(flag(), given)).toEqual(because("Unable to parse boolean value", given));
  });
});

describe("qos", () => {
  test.each([
    [0, 0],
    [2, 2],
    ["1", 1],
  ])("takes %j as %j", (given, read) => expect(qos().parse(given)).toBe(read));

  test.each([3, -1, "3", "", " 1"])("refuses %j", (given) => {
    expect(failureOf(qos(), given)).toEqual(because("Unable to parse string", given));
  });
});

describe("oneOf", () => {
  test("takes one of its words", () => expect(oneOf(["plain", "base64"]).parse("plain")).toBe("plain"));

  test.each(["Plain", "", 1, "toString"])("refuses %j", (given) => {
    expect(failureOf(oneOf(["plain", "base64"]), given)).toEqual(because("not_a_enum_symbol", given));
  });
});

describe("instant", () => {
  test.each([
    [1_767_225_600_000, 1_767_225_600_000],
    ["1767225600000", 1_767_225_600_000],
    ["2026-01-01T00:00:00Z", 1_767_225_600_000],
    ["2026-01-01 08:00:00.250+08:00", 1_767_225_600_250],
    ["2025-12-31t23:00:00-01:00", 1_767_225_600_000],
  ])("takes %j as %j", (given, read) => expect(instant().parse(given)).toBe(read));

  test.each([
    "",
    "abc",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00 08:00",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
  ])("refuses the text %j", (given) => {
    expect(failureOf(instant(), given)).toEqual(because("bad_rfc3339_timestamp", given));
  });

  test.each(["-1", -1, 253_402_300_800_000])("refuses the epoch %j, before 1970 or after 9999", (given) => {
    expect(failureOf(instant(), given)).toEqual(because("bad_epoch", given));
  });
});

describe("struct", () => {
  const schema = struct({ a: text(), b: list(text()), c: text(), d: text() });

  test("names unknown fields, and the first two declared ones that were not given", () => {
    expect(failureOf(schema, { d: "d", y: 1, x: 1 })).toEqual({
      path: "f",
      reason: "unknown_fields",
      unknown: "x,y",
      unmatched: "a,b,...",
    });
  });

  test("says so if every declared field was given", () => {
    const given = { a: "a", b: [], c: "c", d: "d", x: 1 };
    expect(failureOf(schema, given)).toMatchObject({ unknown: "x", unmatched: "none" });
  });

  test.each([[[]], ["x"], [1], [true]])("refuses %j", (given) => {
    expect(failureOf(schema, given)).toEqual(because("bad_value_for_struct", given));
  });

  test("names a missing field without a value", () => {
    expect(failureOf(struct({ a: text() }), {})).toEqual({ path: "f.a", reason: "required_field" });
  });
});

describe("list", () => {
  const schema = list(struct({ a: qos() }));

  test("takes an empty object as an empty list", () => expect(schema.parse({})).toEqual([]));

  test("names the keys of another object", () => {
    expect(failureOf(schema, { a: 1, b: 2 })).toEqual({ path: "f", bad_array_index_keys: ["a", "b"] });
  });

  test.each([1, true])("shows what it got instead of a list: %j", (got) => {
    expect(failureOf(schema, got)).toEqual({ path: "f", expected_data_type: "array", got });
  });

  test("counts elements from 1, and reports the first bad one alone", () => {
    const failure = failureOf(schema, [{ a: 1 }, { a: 7 }, { a: 8 }]);
    expect(failure).toEqual(because("Unable to parse string", 7, "f.2.a"));
  });
});

describe("textMap", () => {
  test("takes any keys", () => expect(textMap().parse({ a: "1", "": 2 })).toEqual({ a: "1", "": "2" }));

  test.each([[[]], ["x"]])("refuses %j", (given) => {
    expect(failureOf(textMap(), given)).toEqual(because({ expected: "map()" }, given));
  });
});

describe("repeated", () => {
  test("collects values, and is the only kind that does beside comma lists", () => {
    expect(repeated(text()).parse(["a", "b"])).toEqual(["a", "b"]);
    expect([repeated(text()), commaList(["a"]), text()].map(isRepeated)).toEqual([true, true, false]);
  });

  test("counts values from 1", () => {
    expect(failureOf(repeated(integer(1, 2)), ["1", "x"])).toEqual(because({ expected: "1..2" }, "x", "f.2"));
  });
});

describe("commaList", () => {
  const schema = commaList(["a", "b"]);

  test.each([
    [undefined, undefined],
    [["all"], "all"],
    [["a,b"], ["a", "b"]],
    [["a,,b,"], ["a", "b"]],
    [[""], []],
  ])("takes %j as %j", (given, read) => expect(schema.parse(given)).toEqual(read));

  test.each([
    ["a,c", 2, "c"],
    ["all,a", 1, "all"],
    ["A", 1, "A"],
  ])("refuses %j, and names the wrong element", (given, place, value) => {
    expect(failureOf(schema, [given])).toMatchObject({
      reason: "matched_no_union_member",
      mismatches: {
        all: { path: "fields", reason: { expected: "all" }, value: given.split(",") },
        array: { path: `fields.${place}`, reason: "not_a_enum_symbol", value },
      },
    });
  });

  test("refuses to be repeated", () => {
    expect(failureOf(schema, ["a", "b"])).toEqual({ path: "f", reason: "converter_crashed" });
  });
});
