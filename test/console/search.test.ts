import { expect, test } from "@jest/globals";
import { createConsoleWorld } from "../support/console-world.ts";
import { runIdOf } from "../support/world.ts";

const dedupe = { key: "order-${id}", window: 3600 };
const file = { input: { type: "http_webhook", dedupe }, steps: [{ type: "print", text: "hi" }] };

async function twoOrders() {
  const there = createConsoleWorld({
    file,
    workflows: { plain: { steps: [{ type: "print", text: "hi" }] } },
  });
  const first = runIdOf(await there.world.post({ id: 7 }));
  there.world.clock.advance(120_000);
  const second = runIdOf(await there.world.post({ id: 8 }));
  const find = async (text: string, more = "") => {
    const answer = await there.get(`/runs?text=${encodeURIComponent(text)}${more}`);
    return { ...answer, to: answer.headers.get("location") };
  };
  return { ...there, first, second, find };
}

test("a run's id leads to the run, however it is written", async () => {
  const { find, first } = await twoOrders();
  expect((await find(first)).to).toBe(`/runs/${first}`);
  expect((await find(`  ${first.toUpperCase()} `)).to).toBe(`/runs/${first}`);
});

test("so do the first 8 characters, and what begins several runs lists them", async () => {
  const { find, world, first, second } = await twoOrders();
  for (const length of [8, 9, 12, 20, 35])
    expect([length, (await find(first.slice(0, length))).to]).toEqual([length, `/runs/${first}`]);
  const third = runIdOf(await world.post({ id: 9 }));
  const { status, text } = await find(second.slice(0, 8));
  expect(status).toBe(200);
  expect([first, second, third].map((id) => text.includes(`/runs/${id}`))).toEqual([false, true, true]);
});

test("a business key leads to the run that its delivery became", async () => {
  const { find, first, second } = await twoOrders();
  expect((await find("order-7")).to).toBe(`/runs/${first}`);
  expect((await find("order-8", "&workflow=example")).to).toBe(`/runs/${second}`);
  expect((await find("order-8", "&workflow=plain")).to).toBeNull();
});

test("a text that names no run says what can be searched, and keeps what was typed", async () => {
  const { find } = await twoOrders();
  for (const text of ["order-9", "0190", "ffffffff", "00000000", "01900000-zz", "7"]) {
    const answer = await find(text);
    expect([text, answer.status, answer.text.includes("No run is found by that")]).toEqual([text, 200, true]);
    expect(answer.text).toContain(`value="${text}"`);
  }
});
