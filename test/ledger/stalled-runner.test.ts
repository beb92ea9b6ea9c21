import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type HoldingServer, startHoldingServer } from "../support/holding-server.ts";
import { type Stage, startStage } from "./stage.ts";
import { refusalsIn } from "./trial.ts";

const workflow = `name: order
environment: [PEER]
defaults: { timeout: 1 }
steps:
  - { type: http_call, method: POST, url: "\${env:PEER}/orders", body: { id: "\${id}" }, output_to: order }
  - { type: http_call, method: POST, url: "\${env:PEER}/bills", body: { order: "\${order.number}" }, output_to: bill }
`;
let folder: string;
let parts: AsyncDisposableStack;
let provider: HoldingServer;
let stage: Stage;
let trouble: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hookline-stalled-"));
  writeFileSync(join(folder, "order.yaml"), workflow);
  parts = new AsyncDisposableStack();
  provider = await startHoldingServer();
  parts.defer(() => provider.stop());
  trouble = [];
  const options = { folder, workflowsFolder: folder, peerOrigin: provider.origin };
  const timing = { invocationSeconds: 2, retryBaseSeconds: 0 };
  const onTrouble = (what: string) => void trouble.push(what);
  stage = await startStage({ ...options, ...timing, onTrouble, onCrash: onTrouble }, parts);
});
afterEach(async () => {
  await Promise.all([stage.ingest, stage.sweeper, ...stage.runners].map((role) => role.end()));
  await parts.disposeAsync();
  rmSync(folder, { recursive: true });
});

/** Answers the next `count` calls, each as it comes. */
async function answer(count: number): Promise<void> {
  for (let call = 0; call < count; call += 1) {
    await provider.nextCall();
    provider.reply({ number: provider.seen.length });
  }
}

test("a runner that sleeps through its lease is replaced, and what it writes when it wakes is refused", async () => {
  const sleeper = await stage.addRunner();
  const called = provider.nextCall();
  const headers = { "content-type": "application/json" };
  const posted = await fetch(stage.urlOf("order"), { method: "POST", headers, body: '{"id":7}' });
  expect(posted.status).toBe(202);
  await called;
  sleeper.stall();
  provider.reply({ number: 0 });

  const answered = answer(2);
  await stage.addRunner();
  await answered;
  await stage.untilAllEnded(30_000);
  const [before] = await stage.runs();
  expect(before).toMatchObject({ status: "succeeded", attempt: 2 });
  const bodies = provider.seen.map(({ url, body }) => `${url} ${body}`);
  expect(bodies).toEqual(['/orders {"id":7}', '/orders {"id":7}', '/bills {"order":2}']);
  const keys = provider.seen.map(({ headers }) => headers["idempotency-key"]);
  expect(keys[0]).toBe(keys[1]);

  sleeper.resume();
  for (let looks = 0; refusalsIn(sleeper.logFile) === 0 && looks < 500; looks += 1) await pause(20);
  expect(await sleeper.end()).toBeUndefined();
  expect(refusalsIn(sleeper.logFile)).toBe(1);
  expect(await stage.runs()).toEqual([before]);
  expect(provider.seen).toHaveLength(3);
  expect(trouble).toEqual([]);
});
