import { expect, test } from "@jest/globals";
import type { Pairings } from "../../lib/core/ports/pairings.ts";
import { NOON } from "../support/sample-run.ts";

/** What every adapter of {@link Pairings} promises. */
export function pairingsContract(make: () => Promise<Pairings>): void {
  test("a webhook that waits for no secret takes none", async () => {
    const pairings = await make();
    expect(await pairings.give("flow", "s1", NOON)).toBe(false);
    expect(await pairings.take("flow")).toBeUndefined();
    await pairings.open("other", NOON + 1);
    expect(await pairings.give("flow", "s1", NOON)).toBe(false);
  });

  test("one that waits takes the first, and hands it out once", async () => {
    const pairings = await make();
    await pairings.open("flow", NOON + 1);
    expect(await pairings.take("flow")).toBeUndefined();
    expect(await pairings.give("flow", "s1", NOON)).toBe(true);
    expect(await pairings.give("flow", "s2", NOON)).toBe(false);
    expect(await pairings.take("flow")).toBe("s1");
    expect(await pairings.take("flow")).toBeUndefined();
    expect(await pairings.give("flow", "s3", NOON)).toBe(false);
  });

  test("of many that come at once one is taken", async () => {
    const pairings = await make();
    await pairings.open("flow", NOON + 1);
    const given = await Promise.all(
      ["a", "b", "c", "d"].map((secret) => pairings.give("flow", secret, NOON)),
    );
    expect(given.filter(Boolean)).toHaveLength(1);
    expect(await pairings.take("flow")).toBe(["a", "b", "c", "d"][given.indexOf(true)]);
  });

  test("nothing is taken once its time is over, or it is closed", async () => {
    const pairings = await make();
    await pairings.open("flow", NOON);
    expect(await pairings.give("flow", "s1", NOON)).toBe(false);
    await pairings.open("flow", NOON + 1);
    await pairings.close("flow");
    expect(await pairings.give("flow", "s1", NOON)).toBe(false);
    await pairings.close("flow");
  });

  test("opening it again forgets what it took, and closing does", async () => {
    const pairings = await make();
    await pairings.open("flow", NOON + 1);
    await pairings.give("flow", "s1", NOON);
    await pairings.open("flow", NOON + 1);
    expect(await pairings.take("flow")).toBeUndefined();
    await pairings.give("flow", "s2", NOON);
    await pairings.close("flow");
    expect(await pairings.take("flow")).toBeUndefined();
  });
}
