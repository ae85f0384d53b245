import { setImmediate } from "node:timers/promises";
import { MemoryLevel } from "memory-level";
import { expect, test } from "vitest";
import { type Values, valueStream } from "../../../infra/local/value-stream.ts";

const many = 600;

async function filled(): Promise<MemoryLevel<string, number>> {
  const level = new MemoryLevel<string, number>({ valueEncoding: "json" });
  await level.batch(
    Array.from({ length: many }, (_, n) => ({ type: "put", key: String(n).padStart(4, "0"), value: n })),
  );
  return level;
}

function collect(level: Values, options: object, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const found: unknown[] = [];
  const stream = valueStream(level, options);
  return new Promise((resolve, reject) => {
    stream.on("data", (value) => {
      found.push(value);
      if (found.length === most) stream.destroy();
    });
    stream.on("end", () => resolve(found)).on("error", reject);
  });
}

test("all values of a range come in order", async () => {
  const level = await filled();
  expect(await collect(level, {})).toEqual(Array.from({ length: many }, (_, n) => n));
  expect(await collect(level, { gte: "0598" })).toEqual([598, 599]);
  expect(await collect(level, { gte: "0100", limit: 2 })).toEqual([100, 101]);
  expect(await collect(level, { lt: "0000" })).toEqual([]);
});

test("whoever has seen enough gets no more", async () => {
  expect(await collect(await filled(), {}, 3)).toEqual([0, 1, 2]);
});

test("what cannot be read is told", async () => {
  const level = await filled();
  await level.close();
  await setImmediate();
  await expect(collect(level, {})).rejects.toMatchObject({ code: "LEVEL_DATABASE_NOT_OPEN" });
});
