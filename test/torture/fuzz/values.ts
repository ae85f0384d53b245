import fc from "fast-check";
import { topicOf } from "../../support/operation-samples.ts";
import { fleetClients, fleetNames } from "./fleet.ts";

/** Texts that are good for some parameter or field, nearly good, or meant to do harm. */
const texts = [
  ...["", " ", "0", "1", "-1", "+1", "1.5", "1e3", "10000", "10001", "007", "0x10", "9007199254740993"],
  ...["99999999999999999999", "-99999999999999999999", "1e400", "NaN", "Infinity", "true", "TRUE", "null"],
  ...["all", "clientid,username", "clientid,,nosuch", "undefined", "none", "base64", "plain", "connected"],
  ...["127.0.0.1", "127.1", "::1", "::ffff:127.0.0.1", "127.0.0.1:1883", "10.0.0.0/8", "::/0", "1.2.3.4/33"],
  ...["2024-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "+275760-09-13T00:00:00Z", "253402214401", "infinity"],
  ...[
    "253402300800000",
    "-1",
    "1700000000",
    "9999-12-31T23:59:59.999999999+14:00",
    "1s",
    "1d",
    "-1MB",
    "1GB",
  ],
  ...[
    "a/b",
    "a/+",
    "#",
    "+/#",
    "/",
    "//",
    "$share/g/t",
    "$share/g/",
    "$share//t",
    "$queue/t",
    "$SYS/#",
    "a#",
  ],
  ...["$delayed/5/t", "$delayed/99999999999/t", "$delayed/-1/t", "$delayed/x/t", "$delayed/5/", "$delayed/"],
  ...[
    "$exclusive/t",
    "+/".repeat(130),
    "/".repeat(65_536),
    "ü测试",
    "👩‍👩‍👧",
    "\u202e",
    "é\u0301".normalize("NFD"),
  ],
  ...[
    "\u0000",
    "a\u0000b",
    "\ud800",
    "a\udfffb",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\r\n",
    "\n",
    "\t",
    "\u0085",
    "\u2028",
  ],
  ...["%", "%2F", "%00", "..", ".", "../..", "'\"<>&", "[]", "{}", "{", "\\", "`", "$1", "$&", "%s%n"],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "__defineGetter__"],
  ...["(a+)+$", "(", "[", "(?=a)", "(?<x>a)\\k<x>", "^(a|a)*$", ".*", "a{1,1000}{1,1000}", "\\p{L}", "(?i)A"],
  ...[
    "x".repeat(255),
    "x".repeat(256),
    "x".repeat(257),
    "x".repeat(1_025),
    "ü".repeat(600),
    "x".repeat(65_536),
  ],
  ...[
    "administrator",
    "viewer",
    "publisher",
    "superuser",
    "NOT_FOUND",
    "test@127.0.0.1",
    "reset",
    "index.html",
  ],
];

/** Texts that lead to something that is there. */
const known = [
  ...fleetClients,
  ...fleetNames,
  topicOf("fleet"),
  "fleet/t",
  "kept/1",
  "clientid",
  "username_re",
];

const unicode = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 12 });

/** A text for a parameter or a field. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...known), weight: 2 },
  { arbitrary: fc.constantFrom(...texts), weight: 6 },
  { arbitrary: fc.string({ maxLength: 8 }), weight: 1 },
  { arbitrary: unicode, weight: 1 },
);

/** A value for a field of a body, as JSON text. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: hostileText.map((text) => JSON.stringify(text)), weight: 5 },
  {
    arbitrary: fc.constantFrom(
      ...["null", "true", "false", "0", "-0", "1", "2", "3", "-1", "1.5", "65535", "65536", "1e20", "1e999"],
      ...[
        "-1e999",
        "9007199254740993",
        "1e-400",
        "123456789012345678901234567890",
        "4102444800",
        "253402214401",
      ],
      ...[
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        '{"a":1}',
        "[97,98]",
        "[256]",
        "[0]",
        "[null]",
        '{"__proto__":{"a":1}}',
      ],
      ...['{"constructor":{"prototype":{"a":1}}}', '{"length":1}', '{"then":1}', '{"toJSON":1}', '"\\ud800"'],
      "[".repeat(5_000) + "]".repeat(5_000),
      `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
      `[${Array.from({ length: 1_000 }, (_, n) => n % 256).join(",")}]`,
      `{${Array.from({ length: 1_000 }, (_, n) => `"k${n}":"v"`).join(",")}}`,
    ),
    weight: 4,
  },
  { arbitrary: fc.json({ maxDepth: 3 }), weight: 1 },
);

/** Names for fields that nobody declared. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "then",
    "",
    "nosuch",
    "x".repeat(2_000),
    "\u0000",
    "a.b",
  ),
  fc.string({ maxLength: 6 }),
);
