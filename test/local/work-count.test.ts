import { describe, expect, test } from "@jest/globals";
import { createWorkCount } from "../../lib/local/work-count.ts";

const LONG_MS = 1e6;

describe("work that others give way to", () => {
  test("is over while there is none", async () => {
    await createWorkCount().over(LONG_MS);
  });

  test("is over when the last of it has ended", async () => {
    const work = createWorkCount();
    const [first, second] = [work.begin(), work.begin()];
    let isOver = false;
    const over = work.over(LONG_MS).then(() => {
      isOver = true;
    });
    first();
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    second();
    await over;
    const third = work.begin();
    const again = work.over(LONG_MS);
    third();
    await again;
  });

  test("is not waited for any longer than was said", async () => {
    const work = createWorkCount();
    work.begin();
    await work.over(1);
  });
});
