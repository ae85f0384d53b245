import { expect, test } from "vitest";
import { holdsSecret, keepSecret } from "./log-watch.ts";

const line = (fields: object) => JSON.stringify({ time: "", level: "info", message: "request", ...fields });

test.each([
  { header: "Basic YWRtaW46c2VjcmV0" },
  { header: "bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJFTVFYIn0.afIULW2EX88PewGN" },
  { key: { api_secret: "x" } },
  { body: JSON.stringify({ password: "x" }) },
  { text: "the password is passw0rd" },
])("a log line that holds a secret is noticed: %j", (fields) => {
  expect(holdsSecret(line(fields))).toBe(true);
});

test.each([
  { path: "/api_key/a/rotate" },
  { body: JSON.stringify({ password: "******" }) },
  { caller: "admin" },
])("a log line without one is not: %j", (fields) => expect(holdsSecret(line(fields))).toBe(false));

test("a secret that a test names is noticed wherever it stands", () => {
  keepSecret("only-known-here");
  expect(holdsSecret(line({ path: "/only-known-here" }))).toBe(true);
});
