import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { derivedRunId, isDerivedFrom } from "../../lib/app/derived-run-id.ts";
import { timeOfRunId } from "../../lib/core/run.ts";

describe("an id that is derived from a text", () => {
  test("is the time, and the text's SHA-256 around version and variant", () => {
    expect(derivedRunId(0x0123456789ab, "a")).toBe("01234567-89ab-7ca9-b811-2ca1bbdcafac");
    expect(derivedRunId(5, "b")).toBe("00000000-0005-73e2-be81-60039594a338");
  });

  test("is a UUIDv7 that is known to be of its text, at whatever time, and of no other", () => {
    const ms = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(ms, fc.string(), fc.string(), (time, one, other) => {
        const id = derivedRunId(time, one);
        expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        expect(timeOfRunId(id)).toBe(time);
        expect(isDerivedFrom(id, one)).toBe(true);
        expect(isDerivedFrom(id, other)).toBe(one === other);
      }),
    );
  });
});
