import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { awsDeps } from "../../../lib/deps/aws.ts";
import { isUnavailable } from "../../../lib/unavailable.ts";

const silent = createServer(() => {});

beforeAll(async () => {
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const environment = {
    ...{ ACCESS_TABLE: "access", REGISTRY_TABLE: "registry", NODE_NAME: "n@h", AUDIT_RETENTION_DAYS: "1" },
    ...{ AWS_REGION: "local", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});

afterAll(() => {
  silent.closeAllConnections();
  silent.close();
  vi.unstubAllEnvs();
});

test("a database that never answers counts as unavailable, so that the caller is told in time", async () => {
  const failure = await awsDeps()
    .apiKeys.get("k")
    .catch((error: unknown) => error);
  expect(isUnavailable(failure)).toBe(true);
});
