import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { delayQueueServer } from "../../../infra/local/delay-queue.ts";
import { DelayTimers } from "../../../lib/deps/delay-timers.ts";

const sent: { QueueUrl: string; MessageBody: string; DelaySeconds: number }[] = [];
const queue = delayQueueServer();
/** Notes what comes by on its way to the queue. */
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  sent.push(JSON.parse(Buffer.concat(chunks).toString()));
  const { port } = queue.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: Buffer.concat(chunks) });
  response.setHeader("content-type", "application/x-amz-json-1.0").end(await answer.text());
});
let timers: DelayTimers;

beforeAll(async () => {
  for (const it of [queue, server]) await once(it.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  timers = new DelayTimers(new SQSClient({ endpoint, region: "local", credentials }), `${endpoint}/queue`);
});

afterAll(() => {
  for (const it of [queue, server]) it.close();
});

test.each([
  ["is due in 60.5 seconds", 60_500, 60],
  ["is overdue", -5_000, 0],
  ["is due in a quarter of an hour", 900_400, 900],
])("a message that %s waits for whole seconds, at most until it is due", async (_, ahead, seconds) => {
  const due = { msgid: "A", expected_at: Date.now() + ahead };
  await timers.push(due);
  expect(sent.at(-1)).toMatchObject({ MessageBody: JSON.stringify(due), DelaySeconds: expect.any(Number) });
  expect(sent.at(-1)?.DelaySeconds).toBeGreaterThanOrEqual(Math.max(seconds - 1, 0));
  expect(sent.at(-1)?.DelaySeconds).toBeLessThanOrEqual(seconds);
});
