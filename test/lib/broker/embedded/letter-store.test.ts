import { Level } from "level";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Letter } from "../../../../lib/broker/embedded/letter.ts";
import { LetterStore } from "../../../../lib/broker/embedded/letter-store.ts";
import { temporaryFolder } from "../../../support/program.ts";

let database: Level;

beforeEach(async () => {
  database = new Level(await temporaryFolder());
  await database.open();
});

afterEach(() => database.close());

const letter = (key: string, given: Partial<Letter> = {}): Letter => ({
  key,
  insertedAt: key,
  topic: "t",
  payload: Buffer.from([0, 255]),
  qos: 1,
  retain: false,
  facts: { msgid: "1", publish_at: 1, from_clientid: "c", from_username: null },
  ...given,
});

const all = () => Array.fromAsync(new LetterStore(database).all());

test("letters are there after a restart as they were saved, in their order", async () => {
  const store = new LetterStore(database);
  const saved = [
    letter("1000000000000000001", {
      properties: { correlationData: Buffer.from([1]), userProperties: { a: "b" } },
    }),
    letter("1000000000000000002", {
      messageId: 7,
      released: true,
      expiresAt: 5,
      shared: { group: "g", filter: "t" },
    }),
  ];
  await Promise.all(saved.toReversed().map((one) => store.box("c").save(one)));
  expect(await all()).toEqual(saved.map((one) => ["c", one]));
});

test("client ids with any characters do not get in each other's way", async () => {
  const store = new LetterStore(database);
  const ids = ["a", "a:1", "a/b", "ä:", "%3A", "", "a:"];
  await Promise.all(ids.map((id) => store.box(id).save(letter("1000000000000000001"))));
  expect((await all()).map(([id]) => id).sort()).toEqual(ids.toSorted());
  store.box("a").remove(letter("1000000000000000001"));
  await store.idle();
  expect((await all()).map(([id]) => id)).not.toContain("a");
  expect(await all()).toHaveLength(ids.length - 1);
});

test("the last change of a letter counts, however fast the others came before it", async () => {
  const store = new LetterStore(database);
  const box = store.box("c");
  for (let n = 0; n < 200; n += 1) {
    const one = letter(String(10n ** 18n + BigInt(n)));
    void box.save(one);
    if (n % 3 === 0) await Promise.resolve();
    one.messageId = n + 1;
    void box.save(one);
    if (n % 2 === 0) box.remove(one);
    if (n % 5 === 0) await box.save(letter("2000000000000000000"));
  }
  await store.idle();
  const left = (await all()).map(([, one]) => one).filter(({ messageId }) => messageId !== undefined);
  expect(left.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 100 }, (_, n) => 2 * n + 2));
});
