import { expect, test } from "vitest";
import { readCredentials } from "../../../lib/auth/credentials.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("no header is no credentials", () => {
  expect(readCredentials(undefined)).toEqual({ scheme: "none" });
});

test.each([
  [`Basic ${base64("key:secret")}`, "key", "secret"],
  [`basic ${base64("key:secret")}`, "key", "secret"],
  [`BASIC    ${base64("key:secret")}`, "key", "secret"],
  [`Basic ${base64("key:secret").slice(0, 5)}  ${base64("key:secret").slice(5)}`, "key", "secret"],
  [`Basic ${base64("key::a:b:")}`, "key", ":a:b:"],
  [`Basic ${base64(":")}`, "", ""],
  [`Basic ${base64("key:")}`, "key", ""],
  [`Basic ${base64("ключ:тайна")}`, "ключ", "тайна"],
  [`Basic ${base64("a key: a secret\n")}`, "a key", " a secret\n"],
])("%j is the key %j with the secret %j", (header, api_key, secret) => {
  expect(readCredentials(header)).toEqual({ scheme: "basic", api_key, secret });
});

test.each([
  "Basic",
  "Basic ",
  `Basic ${base64("no colon")}`,
  `Basic ${base64("a:bc")}=`,
  "Basic YTpiA",
  "Basic a:b",
  "Basic YTpi*",
  "Basic -_-_",
  `Basic ${base64("a:b")},`,
])("%j is Basic, but malformed", (header) => {
  expect(readCredentials(header)).toEqual({ scheme: "basic", malformed: true });
});

test.each(["Bearer abc", "bearer abc", "BEARER  abc"])("%j is a token", (header) => {
  expect(readCredentials(header)).toEqual({ scheme: "bearer", token: "abc" });
});

test("a token may hold all characters that tokens may have", () => {
  expect(readCredentials("Bearer aZ09-._~+/==")).toEqual({ scheme: "bearer", token: "aZ09-._~+/==" });
});

test.each([
  "",
  " ",
  "Bearer",
  "Bearer ",
  "Bearer a b",
  "Bearer a=b",
  "Bearer é",
  "Token x",
  "Digest a=b",
  "Basicx y",
])("%j is not supported", (header) => {
  expect(readCredentials(header)).toEqual({ scheme: "unsupported" });
});
