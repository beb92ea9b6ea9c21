import type { JournalEntry } from "../../lib/core/journal.ts";
import type { Claim, ClaimResult, Finish, Release, RunStore } from "../../lib/core/ports/run-store.ts";
import type { NewRun } from "../../lib/core/run.ts";

/** Noon of a day in November 2026, milliseconds since the epoch. */
export const NOON = Date.UTC(2026, 10, 23, 12);

let made = 0;

/** A UUIDv7 of the given time; later calls give greater ids. */
export function runIdAt(ms: number): string {
  made += 1;
  const time = ms.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${made.toString(16).padStart(12, "0")}`;
}

/** A new run of a small JSON event. */
export function sampleRun(changes: Partial<NewRun> = {}): NewRun {
  const createdAt = changes.createdAt ?? NOON;
  return {
    runId: runIdAt(createdAt),
    workflow: "orders",
    hash: "ab12".repeat(16),
    stage: "test",
    event: {
      body: new TextEncoder().encode('{"order":17}'),
      contentType: "application/json",
      request: {
        method: "POST",
        path: "/hooks/orders",
        query: {},
        headers: { "content-type": "application/json" },
        received_at: new Date(createdAt).toISOString(),
        delivery_id: "delivery-1",
      },
    },
    createdAt,
    dueAt: createdAt + 1_200_000,
    expiresAt: createdAt / 1000 + 30 * 86_400,
    ...changes,
  };
}

/** An entry that writes `value` to the state. */
export function sampleEntry(path: string, value: JournalEntry["patch"][number]["value"] = 1): JournalEntry {
  return {
    path,
    id: `step_${path}`,
    type: "jq",
    status: "ok",
    startedAt: NOON,
    durationMs: 3,
    attempts: 1,
    patch: [{ path: ["result"], ...(value !== undefined && { value }) }],
  };
}

/** A release without a wait. */
export function sampleRelease(changes: Partial<Release> = {}): Release {
  return { status: "queued", dueAt: NOON + 2_000_000, spentMs: 40, costUsd: 0.25, failures: 0, ...changes };
}

/** A finish that succeeded. */
export function sampleFinish(changes: Partial<Finish> = {}): Finish {
  return { status: "succeeded", finishedAt: NOON + 500, spentMs: 400, costUsd: 0.5, tail: [], ...changes };
}

let claims = 0;

/** A claim by an owner of its own for one minute. */
export function sampleClaim(now = NOON, changes: Partial<Claim> = {}): Claim {
  claims += 1;
  return { owner: `owner-${claims}`, now, leaseUntil: now + 60_000, ...changes };
}

/** Claims a run. @throws Error when somebody else has it. */
export async function mustClaim(
  store: RunStore,
  runId: string,
  claim = sampleClaim(),
): Promise<Extract<ClaimResult, { kind: "claimed" }>> {
  const result = await store.claim(runId, claim);
  if (result.kind !== "claimed") throw new Error(`run ${runId} is ${result.kind}`);
  return result;
}
