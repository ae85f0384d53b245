import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { localTables, openLocalDatabase } from "../../../infra/local/database.ts";
import { startLocal } from "../../../infra/local/start.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { captureLog } from "../../support/captured-log.ts";
import { runCli } from "../../support/cli.ts";
import { localOptions } from "../../support/local-options.ts";
import { Program, temporaryFolder } from "../../support/program.ts";
import { basic } from "../../support/raw-request.ts";

const create = async (name: string, data: string) => {
  const { code, stdout, stderr } = await runCli(["key", "create", name, "--json", "--data", data]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as { api_key: string; api_secret: string };
};

test("a key that is made in a fresh data folder is there when Fleetgate starts with it", async () => {
  captureLog();
  const options = await localOptions();
  const { api_key, api_secret } = await create("early", options.data);
  const environment = await startLocal(options);
  const { address, port } = environment.http;
  const headers = { authorization: basic(api_key, api_secret) };
  expect((await fetch(`http://${address}:${port}/api/v5/nodes`, { headers })).status).toBe(200);
  await environment.close();
});

test("a running environment tells its owner alone where its database is, until it ends", async () => {
  captureLog();
  const options = await localOptions();
  const file = join(options.data, "dynamodb-endpoint");
  const environment = await startLocal(options);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await create("while-running", options.data);
  await environment.close();
  await expect(stat(file)).rejects.toThrow("ENOENT");
  const { stdout } = await runCli(["key", "list", "--data", options.data]);
  expect(stdout).toMatch(/^while-running /m);
});

test("what a killed environment left behind does not get in the way", async () => {
  const data = await temporaryFolder();
  const program = await Program.start(data);
  await create("before", data);
  program.child.kill("SIGKILL");
  await once(program.child, "exit");
  expect((await stat(join(data, "dynamodb-endpoint"))).size).toBeGreaterThan(0);
  await create("after", data);
  const next = await Program.start(data);
  const { stdout } = await runCli(["key", "list", "--data", data]);
  expect(stdout.match(/^(after|before) /gm)).toEqual(["after ", "before "]);
  await next.interrupt();
});

test("a data folder that is in use, by somebody who does not answer, gets a clear message", async () => {
  const data = await temporaryFolder();
  const local = await openLocalDatabase(join(data, "dynamodb"));
  onTestFinished(() => local.close());
  const inUse = await runCli(["key", "list", "--data", data]);
  expect(inUse).toEqual({
    ...{ code: 1, stdout: "", stderr: `${join(data, "dynamodb")} is in use by another process.\n` },
  });
  await writeFile(join(data, "dynamodb-endpoint"), "http://127.0.0.1:1\n");
  const silent = await runCli(["key", "list", "--data", data]);
  expect(silent.stderr).toBe("DynamoDB cannot be reached: connect ECONNREFUSED 127.0.0.1:1\n");
});

test("the data folder may come from the environment", async () => {
  const data = await temporaryFolder();
  expect((await runCli(["key", "create", "bot"], { FLEETGATE_DATA: data })).code).toBe(0);
  expect((await runCli(["key", "list", "--data", data])).stdout).toMatch(/^bot /m);
});

test("a data folder that is missing is not made", async () => {
  const data = join(await temporaryFolder(), "missing");
  const { code, stdout, stderr } = await runCli(["key", "create", "bot", "--data", data]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(`There is no data folder ${data}: npm start makes it, --data names another.\n`);
  await expect(stat(data)).rejects.toThrow("ENOENT");
});

const credentials = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

test("the keys of a deployed table are managed with AWS's own settings", async () => {
  const local = await openLocalDatabase();
  onTestFinished(() => local.close());
  const onTable = (...args: string[]) => {
    const target = ["--table", localTables.access, "--endpoint", local.endpoint];
    return runCli(["key", ...args, ...target], { ...credentials, AWS_REGION: "local" });
  };
  expect((await onTable("create", "remote", "--role", "publisher")).code).toBe(0);
  const keys = new ApiKeys(local.database);
  expect(await keys.getByName("remote")).toMatchObject({ role: "publisher", enable: true });
  expect((await onTable("disable", "remote")).code).toBe(0);
  expect(await keys.getByName("remote")).toMatchObject({ enable: false });
  expect((await onTable("list")).stdout).toMatch(/^remote +\w+ +publisher +no +never +never$/m);
  expect((await onTable("delete", "remote")).code).toBe(0);
  expect(await keys.list()).toEqual([]);
});

test("a table that is missing gets a clear message", async () => {
  const local = await openLocalDatabase();
  onTestFinished(() => local.close());
  const target = ["--table", "other", "--endpoint", local.endpoint, "--region", "local"];
  expect(await runCli(["key", "list", ...target], credentials)).toEqual({
    ...{ code: 1, stdout: "", stderr: "DynamoDB has no such table, in this account and region.\n" },
  });
});

test.each([
  ["no region", [], credentials, "The AWS region is missing: give --region, or set AWS_REGION."],
  ["no credentials", ["--region", "eu-west-1"], {}, "AWS credentials are missing: "],
])("%s gets a clear message", async (_, args, settings, message) => {
  const { code, stdout, stderr } = await runCli(["key", "list", "--table", "x", ...args], {
    ...{ AWS_EC2_METADATA_DISABLED: "true" },
    ...settings,
  });
  expect([code, stdout, stderr.split("\n").length]).toEqual([1, "", 2]);
  expect(stderr).toContain(message);
});

test("a region without a table is refused, lest the wrong keys are changed", async () => {
  const { code, stderr } = await runCli(["key", "list", "--region", "eu-west-1"]);
  expect([code, stderr]).toEqual([1, "--region and --endpoint go with --table.\n"]);
});
