import type { AedesPublishPacket } from "aedes";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Letter, LetterContent } from "../../../../lib/broker/embedded/letter.ts";
import type { LetterBox } from "../../../../lib/broker/embedded/letter-store.ts";
import type { Line } from "../../../../lib/broker/embedded/line.ts";
import { Mailbox } from "../../../../lib/broker/embedded/mailbox.ts";

const content = (n: number, qos: 0 | 1 | 2): LetterContent => ({
  topic: "t",
  payload: Buffer.from(String(n)),
  qos,
  retain: false,
  facts: { msgid: String(n), publish_at: 0, from_clientid: "c" },
});

/** Letters as a database has them: copies, in the order of their keys. */
class Kept implements LetterBox {
  readonly #letters = new Map<string, Letter>();

  async save(letter: Letter): Promise<void> {
    this.#letters.set(letter.key, { ...letter });
  }

  remove({ key }: Letter): void {
    this.#letters.delete(key);
  }

  get letters(): Letter[] {
    return [...this.#letters.values()]
      .sort((a, b) => (BigInt(a.key) < BigInt(b.key) ? -1 : 1))
      .map((it) => ({ ...it }));
  }
}

/** A client that notes what it gets, and acknowledges the oldest of it when it is told to. */
class Client implements Line {
  readonly window = 4;
  readonly isStuck = false;
  readonly got: string[];
  readonly #unacknowledged: number[] = [];

  constructor(got: string[]) {
    this.got = got;
  }

  prepare(packet: AedesPublishPacket): AedesPublishPacket {
    return packet;
  }

  write({ payload, messageId, dup }: AedesPublishPacket): undefined {
    if (messageId !== undefined) this.#unacknowledged.push(messageId);
    expect(this.#unacknowledged.length).toBeLessThanOrEqual(this.window);
    // What is sent again was seen before.
    if (dup) expect(this.got).toContain(String(payload));
    else this.got.push(String(payload));
  }

  release(): void {}

  acknowledge(mailbox: Mailbox): void {
    const messageId = this.#unacknowledged.shift();
    if (messageId !== undefined) mailbox.acknowledge(messageId);
  }
}

const acts = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        act: fc.constant("push" as const),
        qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      }),
    },
    { weight: 3, arbitrary: fc.record({ act: fc.constant("acknowledge" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        act: fc.constantFrom("connect" as const, "disconnect" as const, "restart" as const),
      }),
    },
  ),
  { maxLength: 80 },
);

test("whatever happens, every message is sent once, in its order, and what is listed is what is still to come", async () => {
  await fc.assert(
    fc.property(acts, (acts) => {
      const kept = new Kept();
      const got: string[] = [];
      let mailbox = new Mailbox(kept);
      let client: Client | undefined;
      let pushed = 0;
      const disconnect = () => {
        if (client) mailbox.detach(client);
        client = undefined;
      };
      const texts = (letters: readonly Letter[]) => letters.map(({ payload }) => String(payload));
      for (const step of acts) {
        if (step.act === "push") void mailbox.push(content(pushed++, step.qos));
        if (step.act === "acknowledge") client?.acknowledge(mailbox);
        if (step.act === "disconnect") disconnect();
        if (step.act === "connect") {
          disconnect();
          client = new Client(got);
          mailbox.attach(client);
        }
        if (step.act === "restart") {
          disconnect();
          mailbox = new Mailbox(kept, kept.letters);
        }
        expect(got.length + mailbox.waiting.length).toBe(pushed);
        const { mqueue_len, inflight_cnt, inflight_max } = mailbox.statistics();
        expect(mqueue_len).toBe(mailbox.waiting.length);
        expect(inflight_cnt).toBeLessThanOrEqual(Math.min(mailbox.inFlight.length, inflight_max));
        expect(texts(kept.letters).sort()).toEqual(texts([...mailbox.inFlight, ...mailbox.waiting]).sort());
        const marks = [...mailbox.inFlight, ...mailbox.waiting].map(({ insertedAt }) => insertedAt);
        expect(new Set(marks).size).toBe(marks.length);
        for (const listed of [mailbox.inFlight, mailbox.waiting]) {
          const times = listed.map(({ insertedAt }) => BigInt(insertedAt));
          expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
        }
      }
      const expected = texts(mailbox.waiting);
      const before = got.length;
      disconnect();
      client = new Client(got);
      mailbox.attach(client);
      for (let n = 0; n < 200; n += 1) client.acknowledge(mailbox);
      expect(got.slice(before)).toEqual(expected);
      expect(got.toSorted((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: pushed }, (_, n) => String(n)),
      );
      expect([mailbox.inFlight, mailbox.waiting, kept.letters]).toEqual([[], [], []]);
    }),
    { numRuns: 500 },
  );
});
