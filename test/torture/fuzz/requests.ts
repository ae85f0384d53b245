import fc from "fast-check";
import { methodOf, type Operation, pathOf } from "../../../lib/contract/resource.ts";
import type { Request } from "../../compare/target.ts";
import { calledPath, sampleRequest } from "../../support/operation-samples.ts";
import { bodies } from "./bodies.ts";
import { hostileName, hostileText } from "./values.ts";

/** A request whose path is below `/api/v5`, unless it begins with `//`, and what is known of it. */
export interface FuzzRequest extends Request {
  as: "key" | "token" | "nobody";
  headers: Record<string, string>;
  /** Whether method and path are those of the operation, whatever stands in its parameters. */
  plain: boolean;
  body?: string;
}

type Encode = (text: string) => string;

/** Ways to write a segment of a path. */
const encodings: Record<string, Encode> = {
  usual: encodeSegment,
  lower: (text) => encodeSegment(text).replaceAll(/%../g, (it) => it.toLowerCase()),
  all: (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  twice: (text) => encodeSegment(encodeSegment(text)),
};

/** Changes of a path after which it may be another one, or none. */
const twists: Encode[] = [
  (path) => `${path}/`,
  (path) => `${path}//`,
  (path) => path.replace("/", "//"),
  (path) => `/.${path}`,
  (path) => `/x/..${path}`,
  (path) => `${path}/%2e%2e`,
  (path) => `${path}/..%2f..`,
  (path) => `${path}%`,
  (path) => `${path}%zz`,
  (path) => `${path}%c0%af`,
  (path) => `${path}%ff`,
  (path) => `${path}%ED%A0%80`,
  (path) => `${path}%00`,
  (path) => `${path};a=b`,
  (path) => `${path}\u00e4\u00ff`,
  (path) => path.toUpperCase(),
  (path) => `${path}/${"a/".repeat(2_000)}`,
  (path) => `${path}?%=%&&=&%zz=%ff&=`,
  (path) => `${path}#fragment`,
  (path) => `//api/v4${path}`,
  (path) => `//api/v5/..${path}`,
  (path) => `//v5${path}`,
  () => "//",
  () => "//api",
  () => "//api/v5",
];

const contentTypes = [
  ...["application/json; charset=utf-8", "application/json;charset=latin1", "APPLICATION/JSON", "text/plain"],
  ...[
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "",
    ";",
    "*/*",
  ],
];

const oddHeaders: [string, string][] = [
  ...["text/html", "text/plain", "application/json", "*/*;q=0", "a", ""].map((it): [string, string] => [
    "accept",
    it,
  ]),
  ...["gzip", "deflate", "br", "*", "gzip;q=0", "identity;q=0, *;q=0", "gzip, gzip, gzip", ";;;"].map(
    (it): [string, string] => ["accept-encoding", it],
  ),
  ...["gzip", "identity"].map((it): [string, string] => ["content-encoding", it]),
  ["origin", "null"],
  ["if-none-match", "*"],
  ["range", "bytes=0-1"],
  ["x-http-method-override", "DELETE"],
  ["x-forwarded-for", "1.2.3.4, \u00e4"],
  ["cookie", "a=b; ".repeat(500)],
  ["x-long", "x".repeat(9_000)],
  ["x-latin", "\u00e4\u00f6"],
  ["__proto__", "1"],
  ["constructor", "1"],
  ["user-agent", ""],
];

/** Requests for an operation: valid, nearly valid and hostile ones. The fewer changes, the simpler; none is simplest. */
export function requests(name: string, operation: Operation): fc.Arbitrary<FuzzRequest> {
  const sample = sampleRequest(name, operation);
  const usual = operation.access === "token" ? ("token" as const) : ("key" as const);
  return fc
    .record({
      method: rarely(fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"), 40),
      as: rarely(fc.constantFrom("key" as const, "token" as const, "nobody" as const), 15),
      path: fc.oneof(
        { arbitrary: fc.constant(sample.path), weight: 1 },
        { arbitrary: paths(operation), weight: 3 },
      ),
      twist: rarely(fc.constantFrom(...twists), 12),
      query: query(operation),
      contentType: rarely(fc.constantFrom(...contentTypes), 25),
      header: rarely(fc.constantFrom(...oddHeaders), 6),
      body: bodies(name, operation),
    })
    .map(({ method, as, path, twist, query, contentType, header, body }) => ({
      method: method ?? methodOf(operation),
      as: as ?? usual,
      path: (twist ? twist(path) : path) + query,
      plain: method === null && twist === null && !hasDotSegment(path),
      headers: {
        ...(body !== undefined && { "content-type": contentType ?? "application/json" }),
        ...(header && Object.fromEntries([header])),
      },
      ...(body !== undefined && { body }),
    }));
}

/** Something in one of so many cases, `null` in the others. */
const rarely = <Value>(what: fc.Arbitrary<Value>, every: number): fc.Arbitrary<Value | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: every - 1 }, { arbitrary: what, weight: 1 });

function paths(operation: Operation): fc.Arbitrary<string> {
  const parameters = [...pathOf(operation).matchAll(/\{\w+\}/g)].length;
  const segment = fc
    .tuple(hostileText, fc.constantFrom("usual", "usual", "usual", ...Object.keys(encodings)))
    .map(([text, encoding]) => (encodings[encoding] ?? encodeSegment)(text === "" ? "a" : text));
  return fc.array(segment, { minLength: parameters, maxLength: parameters }).map((segments) => {
    const left = segments.values();
    return calledPath(operation).replaceAll(/\{\w+\}/g, () => left.next().value ?? "a");
  });
}

/** No, one or a few parameters of the operation or of others; in rare cases very many. */
function query(operation: Operation): fc.Arbitrary<string> {
  const declared = Object.keys(operation.query ?? {});
  const name =
    declared.length > 0
      ? fc.oneof({ arbitrary: fc.constantFrom(...declared), weight: 9 }, hostileName)
      : hostileName;
  const pair = fc
    .tuple(name, hostileText)
    .map(([key, value]) => `${encodeSegment(key)}=${encodeSegment(value)}`);
  const some = fc.array(pair, { maxLength: declared.length > 0 ? 4 : 1 });
  const many = pair.map((it) => Array.from({ length: 700 }, () => it.slice(0, 10)));
  return fc
    .oneof({ arbitrary: some, weight: 40 }, { arbitrary: many, weight: 1 })
    .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.join("&")}`));
}

/** Like `encodeURIComponent`, and takes half a surrogate pair for its three bytes. */
function encodeSegment(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character);
      const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
      return bytes.map((byte) => `%${byte.toString(16)}`).join("");
    })
    .join("");
}

/** Such a segment is resolved however it is encoded. */
const hasDotSegment = (path: string) => path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
