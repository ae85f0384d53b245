import * as resources from "../../functions/index.ts";
import type { Operation, Resource } from "../../lib/contract/resource.ts";
import { sampleRequest } from "../support/operation-samples.ts";
import { prepareSample } from "../support/prepare-sample.ts";
import { TestApi } from "../support/test-api.ts";
import { meter } from "./capacity.ts";
import { call, clocks, eventOf, functionOf } from "./in-process.ts";
import { median, table } from "./table.ts";

/** Calls of each operation: some that warm up, and those that are measured. */
const rounds = { warm: 10, measured: 30 };

/** Of each operation that is served: units of DynamoDB, and the time of its function without that of DynamoDB. */
export async function everyOperation(): Promise<string> {
  const api = await TestApi.start();
  const units = meter(api.local.client);
  const spent = clocks(api);
  const rows: (string | number)[][] = [];
  for (const resource of Object.values<Resource>(resources)) {
    const run = await functionOf(resource.name, api);
    for (const [name, operation] of Object.entries<Operation>(resource.operations)) {
      const { method, path, body } = sampleRequest(name, operation);
      const times: number[] = [];
      let [status, read, write] = [0, 0, 0];
      for (let round = -rounds.warm; round < rounds.measured; round += 1) {
        if (round === -rounds.warm || method !== "GET") await prepareSample(api, name);
        const event = eventOf(api, {
          ...{ method, path, body: renamed(body, round) },
          ...(operation.access === "token" && { authorization: await freshToken(api) }),
        });
        spent();
        units();
        const begin = performance.now();
        status = await call(run, event);
        if (round >= 0) times.push(performance.now() - begin - spent().client);
        ({ read, write } = units());
        await api.registry.idle();
      }
      rows.push([operation.route, status, read.toFixed(1), write.toFixed(1), median(times).toFixed(2)]);
    }
  }
  await api.close();
  const head = ["operation", "status", "read units", "write units", "ms without DynamoDB"];
  return `## Each operation once, with its sample request; what follows from it in the background is not counted\n\n${table(head, rows)}`;
}

/** What a sample makes has a new name each time. */
const renamed = (body: unknown, round: number) =>
  body && JSON.parse(JSON.stringify(body).replaceAll("sample", `sample${round}`));

/** A token ends with a logout. */
const freshToken = async (api: TestApi) => `Bearer ${await api.addUser({ role: "administrator" })}`;
