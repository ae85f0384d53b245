import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedErrorCodes } from "../../../lib/contract/errors.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

const get = (path: string) => api.call("GET", path, { as: null });

test("GET /error_codes lists EMQX's codes in its order", async () => {
  const { status, json } = await get("/error_codes");
  expect(status).toBe(200);
  expect(json).toHaveLength(31);
  expect(json[0]).toEqual({ code: "BAD_USERNAME_OR_PWD", description: "Bad username or password" });
  expect(json[24]).toEqual({ code: "INTERNAL_ERROR", description: "Server inter error" });
  expect(json[30]).toEqual({ code: "UNSUPPORTED_MEDIA_TYPE", description: "Unsupported media type" });
});

test("GET /error_codes/{code} describes each code as the list does", async () => {
  const { json: listed } = await get("/error_codes");
  for (const entry of listed) {
    const { status, json } = await get(`/error_codes/${entry.code}`);
    expect([status, json]).toEqual([200, entry]);
  }
  expect(listed).toHaveLength(Object.keys(publishedErrorCodes).length);
});

test.each(["bad_topic", "NOPE", "AUTHORIZATION_HEADER_ERROR", "toString", "%20", "BAD_TOPIC%20"])(
  "%s is no code that is listed: 400, not 404",
  async (code) => {
    const { status, json } = await get(`/error_codes/${code}`);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toEqual({
      kind: "validation_error",
      path: "code",
      reason: "not_a_enum_symbol",
      value: decodeURIComponent(code),
    });
  },
);
