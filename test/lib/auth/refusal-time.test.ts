import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { untilNextStep } from "../../../lib/auth/refusal-time.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: vi.fn(async () => undefined) }));

afterEach(() => void vi.restoreAllMocks());

test("what happened on the way moves the end of a refusal by whole steps only", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (microseconds) => {
      const elapsed = microseconds / 1_000;
      vi.spyOn(performance, "now").mockReturnValue(5_000 + elapsed);
      await untilNextStep(5_000);
      const [waited = 0] = vi.mocked(sleep).mock.lastCall ?? [];
      const end = microseconds + waited * 1_000;
      expect(waited).toBeLessThanOrEqual(50);
      expect(Math.floor(end / 50_000)).toBe(Math.ceil(microseconds / 50_000));
      expect(end % 50_000).toBeLessThan(1_000);
    }),
  );
});
