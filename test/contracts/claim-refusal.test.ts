import { expect, test } from "@jest/globals";
import { type Claimable, claimRefusal, EARLY_CLAIM_MS } from "../../lib/adapters/claim-refusal.ts";
import { NOON, sampleClaim } from "../support/sample-run.ts";

const free: Claimable = { status: "queued", expiresAt: NOON / 1000 + 60 };
const [alone, company, evicting] = [
  sampleClaim(),
  sampleClaim(NOON, { inCompany: true }),
  sampleClaim(NOON, { evicts: true }),
];
const early = NOON + EARLY_CLAIM_MS + 1;
const ended = { kind: "final", status: "failed" } as const;
const held = { kind: "held", until: NOON + 1 } as const;

test.each([
  ["is free", free, alone, undefined],
  ["is free, in company", free, company, undefined],
  ["has expired", { ...free, expiresAt: NOON / 1000 }, alone, { kind: "missing" }],
  ["has expired, for who evicts", { ...free, expiresAt: NOON / 1000 }, evicting, { kind: "missing" }],
  ["has ended", { ...free, status: "failed" }, alone, ended],
  ["has ended, for who evicts", { ...free, status: "failed" }, evicting, ended],
  ["is held", { ...free, leaseUntil: NOON + 1 }, alone, held],
  ["is held, in company", { ...free, leaseUntil: NOON + 1 }, company, held],
  ["is held, for who evicts", { ...free, leaseUntil: NOON + 1 }, evicting, undefined],
  ["has a lease that is over", { ...free, leaseUntil: NOON }, alone, undefined],
  ["has a lease that is over, in company", { ...free, leaseUntil: NOON }, company, { kind: "suspect" }],
  ["waits for a moment", { ...free, notBefore: early - 1 }, alone, undefined],
  ["waits", { ...free, notBefore: early }, alone, { kind: "early", notBefore: early }],
  ["waits, for who evicts", { ...free, notBefore: early }, evicting, undefined],
] as const)("a run that %s", (_about, run, claim, refusal) => {
  expect(claimRefusal(run, claim)).toEqual(refusal);
});
