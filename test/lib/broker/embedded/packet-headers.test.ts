import * as fc from "fast-check";
import { generate, type Packet } from "mqtt-packet";
import { expect, test } from "vitest";
import { PacketHeaders } from "../../../../lib/broker/embedded/packet-headers.ts";

const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
const messageId = fc.integer({ min: 1, max: 65_535 });
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.constant({ cmd: "pingresp" } as const),
  fc.record({ cmd: fc.constant("puback" as const), messageId }),
  fc.record({
    cmd: fc.constant("publish" as const),
    topic: fc.stringMatching(/^[a-zé]{1,300}$/),
    // Lengths around those at which the length of a packet takes one more byte.
    payload: fc
      .oneof(fc.integer({ max: 300, min: 0 }), fc.constantFrom(16_370, 16_384, 100_000))
      .map(Buffer.alloc),
    qos,
    dup: fc.constant(false),
    retain: fc.boolean(),
    messageId,
  }),
);

test("each packet is found once by its first byte, however its bytes are cut up", async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 20 });
  await fc.assert(
    fc.property(fc.array(packet, { maxLength: 8 }), cuts, (packets, places) => {
      const bytes = packets.map((it) => generate(it));
      const all = Buffer.concat(bytes);
      const found: number[] = [];
      const headers = new PacketHeaders((firstByte) => found.push(firstByte));
      const ends = [...places.map((place) => place % (all.length + 1)), all.length].sort((a, b) => a - b);
      let passed = 0;
      let from = 0;
      for (const end of ends) {
        passed += headers.pass(all.subarray(from, end));
        from = end;
      }
      expect(found).toEqual(bytes.map((it) => it[0]));
      expect(passed).toBe(all.length);
    }),
  );
});

test("text is counted by its bytes, inside a packet and where one begins", () => {
  const found: number[] = [];
  const headers = new PacketHeaders((firstByte) => found.push(firstByte));
  headers.pass(Buffer.from([0x30, 0x06, 0x00, 0x04]));
  expect(headers.pass("éé", "utf8")).toBe(4);
  expect(headers.pass("\xd0\x00\xd0", "latin1")).toBe(3);
  expect(headers.pass(Buffer.from([0x00]))).toBe(1);
  expect(found).toEqual([0x30, 0xd0, 0xd0]);
});
