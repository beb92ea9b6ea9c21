import { describe, expect, test } from "@jest/globals";
import type { Clock } from "../../lib/core/ports/clock.ts";

/** What every clock owes. */
export function clockContract(name: string, open: () => Clock): void {
  describe(name, () => {
    test("time passes while someone sleeps", async () => {
      const clock = open();
      const start = clock.now();
      await clock.sleep(20);
      // Node's timers may fire up to a millisecond early.
      expect(clock.now() - start).toBeGreaterThanOrEqual(19);
    });

    test("a sleep that is aborted, before or meanwhile, rejects with the signal's reason", async () => {
      const clock = open();
      const reason = new Error("enough");
      await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
      const controller = new AbortController();
      const sleep = clock.sleep(60_000, controller.signal);
      controller.abort(reason);
      await expect(sleep).rejects.toBe(reason);
    });

    test("timers expire in the order of their times, a cancelled one never", async () => {
      const clock = open();
      const expired: string[] = [];
      clock.timer(20, () => expired.push("late"));
      const cancel = clock.timer(5, () => expired.push("cancelled"));
      clock.timer(1, () => expired.push("early"));
      cancel();
      await clock.sleep(40);
      expect(expired).toEqual(["early", "late"]);
      cancel();
    });

    test("a timer of a year does not expire at once", async () => {
      const clock = open();
      let expired = false;
      const cancel = clock.timer(365 * 86_400_000, () => {
        expired = true;
      });
      await clock.sleep(10);
      expect(expired).toBe(false);
      cancel();
    });
  });
}
