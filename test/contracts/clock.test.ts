import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { clockContract } from "./clock-contract.ts";

clockContract("the system's clock", () => systemClock);
clockContract("the clock of tests", virtualClock);

describe("the clock of tests", () => {
  test("keeps what was slept, but for those whose sleeping is not to be counted", async () => {
    const clock = virtualClock(0);
    await clock.sleep(2_000);
    await clock.uncounted.sleep(3_000);
    await clock.sleep(0);
    expect({ slept: clock.slept, now: clock.now() }).toEqual({ slept: [2_000], now: 5_000 });
  });

  test("stands still while work is done that takes several turns", async () => {
    const clock = virtualClock(0);
    const ends: string[] = [];
    const sleeping = clock.sleep(1_000).then(() => ends.push(`slept until ${clock.now()}`));
    const turns = async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((next) => setImmediate(next));
    };
    await clock.during(turns()).then(() => ends.push(`worked until ${clock.now()}`));
    await sleeping;
    expect(ends).toEqual(["worked until 0", "slept until 1000"]);
  });
});
