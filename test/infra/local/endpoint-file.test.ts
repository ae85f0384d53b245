import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readEndpoint, removeEndpoint, writeEndpoint } from "../../../infra/local/endpoint-file.ts";
import { temporaryFolder } from "../../support/program.ts";

test("an endpoint is read as it was written, by its owner alone, until it is removed", async () => {
  const data = await temporaryFolder();
  await writeEndpoint(data, "http://127.0.0.1:1");
  expect((await stat(join(data, "dynamodb-endpoint"))).mode & 0o777).toBe(0o600);
  expect(await readEndpoint(data)).toBe("http://127.0.0.1:1");
  await removeEndpoint(data);
  expect(await readEndpoint(data)).toBeUndefined();
});

test("a file that was left behind is replaced, with the rights that it should have", async () => {
  const data = await temporaryFolder();
  await writeFile(join(data, "dynamodb-endpoint"), "http://127.0.0.1:1\n", { mode: 0o644 });
  await writeEndpoint(data, "http://127.0.0.1:2");
  expect(await readEndpoint(data)).toBe("http://127.0.0.1:2");
  expect((await stat(join(data, "dynamodb-endpoint"))).mode & 0o777).toBe(0o600);
});

test("where there is no endpoint, removing it does nothing", async () => {
  await removeEndpoint(await temporaryFolder());
});
