import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineResource } from "../../../lib/contract/resource.ts";
import { serve } from "../../../lib/http/serve.ts";
import { behindGateway } from "../../support/behind-gateway.ts";
import { basic, rawRequest } from "../../support/raw-request.ts";
import { TestApi } from "../../support/test-api.ts";

const seconds = () => Math.floor(Date.now() / 1000);
const challenge = 'Basic Realm="emqx-dashboard"';
const viewer = { role: "viewer" } as const;

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.addKey({ ...viewer, api_key: "expired", expired_at: seconds() - 60 });
  await api.addKey({ ...viewer, api_key: "lasting", expired_at: seconds() + 3600 });
  await api.addKey({ ...viewer, api_key: "disabled", enable: false });
  await api.addKey({ ...viewer, api_key: "colons", secret: ":a:b:" });
  await api.addKey({ ...viewer, api_key: "ключ", secret: "тайна" });
});

afterAll(() => api.close());

async function ask(authorization: string | string[] | undefined, path = "/api/v5/nodes", method = "GET") {
  const headers: Record<string, string | string[]> = { accept: "application/json" };
  if (authorization !== undefined) headers.authorization = authorization;
  const answer = await rawRequest(api.base, path, { method, headers });
  return { ...answer, body: answer.text === "" ? undefined : JSON.parse(answer.text) };
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

function expectRefusal(answer: Awaited<ReturnType<typeof ask>>, code: string, message: string): void {
  expect(answer.status).toBe(401);
  expect(answer.body).toEqual({ code, message, reason: message });
  expect(answer.headers["content-type"]).toBe("application/json");
}

describe("without usable credentials", () => {
  test.each([
    undefined,
    "",
    "Token x",
    "ApiKey x",
    'Digest username="a", realm="b", nonce="c", uri="/", response="d"',
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer ключ",
  ])("%j is answered with what is supported", async (authorization) => {
    const header = authorization && Buffer.from(authorization).toString("latin1");
    const answer = await ask(header);
    expectRefusal(answer, "AUTHORIZATION_HEADER_ERROR", "Support authorization: basic/bearer ");
    expect(answer.headers["www-authenticate"]).toBe(challenge);
  });

  test.each([
    basic("nobody"),
    basic("viewer", "wrong"),
    basic("viewer", ""),
    basic("", "secret"),
    basic("", ""),
    basic("VIEWER"),
    basic("disabled"),
    basic("expired"),
    "Basic",
    "Basic ",
    `Basic ${base64("no colon")}`,
    "Basic dmlld2Vy*",
    `Basic ${base64("viewer:secret").replaceAll("=", "")}`,
    `Basic ${base64("viewer:secret")}=`,
  ])("%s is answered as any wrong key is", async (authorization) => {
    const answer = await ask(authorization);
    expectRefusal(answer, "BAD_API_KEY_OR_SECRET", "Check api_key/api_secret");
    expect(answer.headers["www-authenticate"]).toBe(challenge);
  });

  test("an unknown token is asked to log in, without a challenge", async () => {
    const answer = await ask("bearer eyJ0.e30-_~+/=");
    expectRefusal(answer, "BAD_TOKEN", "Get a token by POST /login");
    expect(answer.headers).not.toHaveProperty("www-authenticate");
  });

  test("two headers are refused", async () => {
    expect((await ask([basic("viewer"), basic("viewer")])).status).toBeOneOf([400, 401]);
  });

  test("keys that no store could hold are wrong keys", async () => {
    const keys = ["x".repeat(1_024), "x".repeat(1_025), "x".repeat(8_000), "\0", "😀", "a\u{10ffff}", " "];
    for (const key of keys) expect((await ask(basic(key))).body.code).toBe("BAD_API_KEY_OR_SECRET");
    const notUtf8 = Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString("base64");
    expect((await ask(`Basic ${notUtf8}`)).body.code).toBe("BAD_API_KEY_OR_SECRET");
  });
});

describe("a right key and secret", () => {
  const encoded = base64("viewer:secret");

  test.each([
    basic("viewer"),
    `basic ${encoded}`,
    `BASIC   ${encoded}`,
    `Basic ${encoded.slice(0, 4)} ${encoded.slice(4)}`,
    basic("lasting"),
    basic("colons", ":a:b:"),
    basic("ключ", "тайна"),
  ])("%s is let in", async (authorization) => {
    expect((await ask(authorization)).status).toBe(200);
  });

  test("are not read from the URL", async () => {
    expect((await ask(undefined, "/api/v5/nodes?api_key=viewer&api_secret=secret")).status).toBe(401);
  });
});

describe("the order of checks", () => {
  test("an unknown path is 404 before a wrong key is seen", async () => {
    expect((await ask(basic("viewer", "wrong"), "/api/v5/no")).status).toBe(404);
  });

  test("a wrong method is 405 before a wrong key is seen", async () => {
    expect((await ask(basic("viewer", "wrong"), "/api/v5/nodes", "PUT")).status).toBe(405);
  });

  test("an expired key is 401 before its role is seen", async () => {
    const answer = await ask(basic("expired"), "/api/v5/clients/c1", "DELETE");
    expect(answer.body.code).toBe("BAD_API_KEY_OR_SECRET");
  });

  test.each(["Token x", basic("nobody"), undefined])(
    "open paths do not look at %j",
    async (authorization) => {
      expect((await ask(authorization, "/api/v5/error_codes")).status).toBe(200);
      expect((await rawRequest(api.base, "/status", { headers: { authorization: "Basic" } })).status).toBe(
        200,
      );
    },
  );
});

test("a change of a key counts from the next request on", async () => {
  const key = { api_key: "changing", role: "viewer" } as const;
  const status = async (secret = "secret") => (await ask(basic("changing", secret))).status;
  expect(await status()).toBe(401);
  await api.addKey(key);
  expect(await status()).toBe(200);
  await api.addKey({ ...key, enable: false });
  expect(await status()).toBe(401);
  await api.addKey({ ...key, secret: "other" });
  expect([await status(), await status("other")]).toEqual([401, 200]);
  await api.addKey({ ...key, secret: "other", expired_at: seconds() - 1 });
  expect(await status("other")).toBe(401);
  await api.addKey({ ...key, secret: "other", role: "publisher" });
  expect(await status("other")).toBe(403);
});

test("a path for tokens refuses API keys before it looks at them", async () => {
  const resource = defineResource({
    name: "users",
    tag: "Users",
    operations: {
      change: { route: "PUT /users/{name}", summary: "", access: "token", answers: { 204: null } },
    },
  });
  const run = serve(resource, { change: () => undefined }).with(api.deps);
  const served = await behindGateway({ resource, run });
  const change = (authorization: string) =>
    rawRequest(served.base, "/api/v5/users/x", { method: "PUT", headers: { authorization } });
  for (const authorization of [basic("administrator"), basic("nobody"), basic("expired")]) {
    const answer = await change(authorization);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: "API_KEY_NOT_ALLOW",
      message: "Please use bearer Token instead, using API key/secret in users path is not permitted",
    });
  }
  expect(JSON.parse((await change("Bearer x")).text).code).toBe("BAD_TOKEN");
  served.close();
});
