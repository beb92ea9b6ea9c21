import { expect, test } from "@jest/globals";
import type { SlotClaim, SlotPlace, Slots } from "../../lib/core/ports/slots.ts";
import { NOON } from "../support/sample-run.ts";

const MINUTE = 60_000;

/** What every adapter of {@link Slots} promises. */
export function slotsContract(open: () => Promise<Slots>): void {
  const place: SlotPlace = { workflow: "flow", key: "a", count: 2 };
  const claim = (runId: string, now = NOON, more: Partial<SlotClaim> = {}): SlotClaim => ({
    runId,
    owner: `owner of ${runId}`,
    now,
    until: now + MINUTE,
    ...more,
  });
  const slotOf = async (slots: Slots, one: SlotClaim, from = place) => {
    const answer = await slots.take(from, one);
    if (answer.kind === "full") throw new Error("there is no slot");
    return { slot: answer.slot, owner: one.owner, now: one.now, keptUntil: one.now + MINUTE };
  };
  const wait = (slots: Slots, runId: string) =>
    slots.enter(place, { runId, now: NOON, expiresAt: NOON / 1000 + 86_400 });

  test("a key has as many slots as it should; who finds none is told when the first runs out", async () => {
    const slots = await open();
    expect((await slotOf(slots, claim("1"))).slot).not.toBe((await slotOf(slots, claim("2", NOON + 5))).slot);
    expect(await slots.take(place, claim("3", NOON + 9))).toEqual({ kind: "full", until: NOON + MINUTE });
  });

  test("of 64 at once as many get a slot as there are, each another one", async () => {
    const slots = await open();
    const wide = { ...place, count: 7 };
    const answers = await Promise.all(Array.from({ length: 64 }, (_, n) => slots.take(wide, claim(`${n}`))));
    const taken = answers.flatMap((one) => (one.kind === "taken" ? [one.slot] : []));
    expect(taken.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("asking twice, as after a lost answer, takes one slot", async () => {
    const slots = await open();
    const first = await slots.take(place, claim("1"));
    expect(await slots.take(place, claim("1"))).toEqual(first);
    expect(await slots.take(place, claim("2"))).toMatchObject({ kind: "taken" });
  });

  test("the slot of a process that died is free when its lease is over", async () => {
    const slots = await open();
    for (const runId of ["1", "2"]) await slotOf(slots, claim(runId));
    expect(await slots.take(place, claim("3", NOON + MINUTE - 1))).toMatchObject({ kind: "full" });
    expect(await slots.take(place, claim("3", NOON + MINUTE))).toMatchObject({ kind: "taken" });
  });

  test("freeing what somebody else has by now changes nothing", async () => {
    const slots = await open();
    const single = { ...place, count: 1 };
    const held = await slotOf(slots, claim("1"), single);
    await slots.take(single, claim("2", NOON + MINUTE));
    await slots.free(single, held);
    expect(await slots.take(single, claim("3", NOON + MINUTE))).toMatchObject({ kind: "full" });
  });

  test("a freed slot is kept for the first in the line, whoever else asks; the line goes by ids", async () => {
    const slots = await open();
    const held = [await slotOf(slots, claim("1")), await slotOf(slots, claim("2"))] as const;
    for (const runId of ["4", "3", "5", "3"]) expect(await wait(slots, runId)).toBe(false);
    expect(await slots.free(place, held[0])).toBe("3");
    expect(await slots.take(place, claim("6"))).toMatchObject({ kind: "full" });
    expect(await slots.take(place, claim("3"))).toEqual({ kind: "taken", slot: held[0].slot });
    expect(await slots.free(place, held[1])).toBe("4");
  });

  test("a slot that was kept in vain is passed on, or free after its time", async () => {
    const slots = await open();
    const held = await slotOf(slots, claim("1"));
    await slotOf(slots, claim("2", NOON, { until: NOON + 9 * MINUTE }));
    for (const runId of ["3", "4"]) await wait(slots, runId);
    await slots.free(place, held);
    expect(await slots.free(place, { ...held, owner: "3" })).toBe("4");
    expect(await slots.free(place, { ...held, owner: "4" })).toBeUndefined();
    expect(await slots.take(place, claim("5"))).toMatchObject({ kind: "taken" });
  });

  test("who enters the line when a slot is free already is told so, and who has left it is not called", async () => {
    const slots = await open();
    const held = await slotOf(slots, claim("1"));
    expect(await wait(slots, "2")).toBe(true);
    await slots.leave(place, "2");
    await slots.leave(place, "2");
    expect(await slots.free(place, held)).toBeUndefined();
  });

  test("keys, and workflows, have slots and lines of their own, whatever is in a key", async () => {
    const slots = await open();
    const long = { workflow: "flow", key: "ü#".repeat(5_000), count: 1 };
    const held = await slotOf(slots, claim("1"), long);
    for (const other of [
      { ...long, key: "" },
      { ...long, key: `${long.key}.` },
      { ...long, workflow: "other" },
    ]) {
      expect(await slots.take(other, claim("1"))).toMatchObject({ kind: "taken" });
      await slots.enter(other, { runId: "2", now: NOON, expiresAt: NOON });
    }
    expect(await slots.free(long, held)).toBeUndefined();
  });
}
