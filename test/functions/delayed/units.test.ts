import { expect, test } from "vitest";
import { meter } from "../../bench/capacity.ts";
import { holdBack } from "../../support/seed.ts";
import { TestApi } from "../../support/test-api.ts";

test("what the first page of delayed messages reads does not grow with their number", async () => {
  const api = await TestApi.start();
  const spent = meter(api.local.client);
  const read: number[] = [];
  for (const count of [20, 300]) {
    await Promise.all(Array.from({ length: count }, () => holdBack(api)));
    spent();
    const { json } = await api.call("GET", "/mqtt/delayed/messages?limit=10");
    expect(json).toMatchObject({ data: { length: 10 }, meta: { hasnext: true } });
    read.push(spent().read);
  }
  await api.close();
  const [few = 0, many = 0] = read;
  expect(many).toBeLessThanOrEqual(few + 0.5);
});
