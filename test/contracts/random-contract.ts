import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Random } from "../../lib/core/ports/random.ts";

const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What every source of chance owes. */
export function randomContract(name: string, open: () => Random): void {
  describe(name, () => {
    test("numbers lie in [0, 1) and differ", () => {
      const random = open();
      const drawn = Array.from({ length: 1_000 }, () => random.next());
      expect(drawn.every((one) => one >= 0 && one < 1)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(990);
    });

    test("UUIDs are of version 4 and differ", () => {
      const random = open();
      const drawn = Array.from({ length: 1_000 }, () => random.uuid());
      for (const uuid of drawn) expect(uuid).toMatch(V4);
      expect(new Set(drawn).size).toBe(1_000);
    });

    test("a time-ordered UUID is of version 7 and begins with its time", () => {
      const uuid = open().timeOrderedUuid(0x0123456789ab);
      expect(uuid).toMatch(V7);
      expect(uuid.startsWith("01234567-89ab-7")).toBe(true);
    });

    test("10,000 of one millisecond rise and none comes twice", () => {
      const random = open();
      const drawn = Array.from({ length: 10_000 }, () => random.timeOrderedUuid(1_700_000_000_000));
      expect(drawn).toEqual([...new Set(drawn)].sort());
      for (const uuid of drawn) expect(uuid).toMatch(V7);
    });

    test("a later time sorts later", () => {
      const time = fc.integer({ min: 0, max: 2 ** 47 });
      void fc.assert(
        fc.property(time, fc.integer({ min: 1, max: 2 ** 40 }), (first, step) => {
          const random = open();
          expect(random.timeOrderedUuid(first) < random.timeOrderedUuid(first + step)).toBe(true);
        }),
      );
    });
  });
}
