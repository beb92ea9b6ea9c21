import { type Claim, type ClaimResult, LeaseLost } from "../../core/ports/run-store.ts";
import type { RunStatus } from "../../core/run.ts";
import {
  type Claimable,
  claimRefusal,
  EARLY_CLAIM_MS,
  LOADS_FOR_THE_LAST_TIME,
  MOST_DEATHS_ALONE,
} from "../claim-refusal.ts";
import { damagedRun } from "./damaged-run.ts";
import {
  checkLayout,
  damaged,
  type Item,
  layoutVersion,
  number,
  readNumber,
  readOptionalNumber,
  readText,
  text,
  unlessDamaged,
} from "./item.ts";
import { removeReplaced } from "./lease-writes.ts";
import {
  readClaimed,
  readClaims,
  readLeaseUntil,
  readOutcome,
  readStatus,
  runIdOf,
  runKey,
} from "./run-item.ts";
import { fenceJournal, fenceUnread, hasStoredSince, noteStored, segmentEntries } from "./segments.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

// What was read after a refusal may be out of date a moment later: then the claim is tried again, this often in all.
const TRIES = 3;

const CLAIMABLE_STATUSES: readonly RunStatus[] = ["queued", "running", "waiting"];

// What a claim writes over has to be right before: nothing of a damaged item is lost.
const OPEN = [
  "attribute_exists(#pk)",
  "#v = :v",
  "#expires_at > :now_seconds",
  "attribute_not_exists(#outcome)",
  "attribute_not_exists(#damage)",
  `#status IN (${CLAIMABLE_STATUSES.map((status) => `:was_${status}`).join(", ")})`,
  "attribute_type(#epoch, :number)",
  "attribute_type(#attempt, :number)",
  "(attribute_not_exists(#lease_owner) OR attribute_type(#lease_owner, :string))",
  "(attribute_not_exists(#alone) OR attribute_type(#alone, :number))",
];
const DUE = "(attribute_not_exists(#not_before) OR #not_before <= :soon)";
const FREE = "(attribute_not_exists(#lease_until) OR #lease_until <= :now)";
// A lease that ended as it should leaves none behind.
const UNSUSPECTED = "attribute_not_exists(#lease_until)";
// Who repeats an eviction finds the lease to be its own.
const OF_OTHERS = "(attribute_not_exists(#lease_owner) OR #lease_owner <> :owner)";

// A lease that is released or finished leaves no owner behind: an owner that is replaced here has died or stalled.
const TAKE_OVER = [
  "#lease_owner = :owner",
  "#lease_until = :lease_until",
  "#epoch = #epoch + :one",
  "#prev_owner = if_not_exists(#lease_owner, :none)",
];
const BEGIN_ATTEMPT = [
  "#attempt = #attempt + :one",
  "#status = :running",
  "#started_at = if_not_exists(#started_at, :now)",
];
const BEGIN_ALONE = "#alone = if_not_exists(#alone, :zero) + :one";

/**
 * Claims a run with one conditional update; a run that was claimed before gets a fence in its journal too. A claim that
 * fails on its way is taken back, as far as the table can be reached: its lease would say that a process died.
 */
export async function claimRun(
  table: Table,
  values: StoredValues,
  runId: string,
  claim: Claim,
): Promise<ClaimResult> {
  try {
    return await tryToClaim(table, values, runId, claim);
  } catch (thrown) {
    await takeBack(table, runId, claim).catch(() => {});
    throw thrown;
  }
}

async function tryToClaim(
  table: Table,
  values: StoredValues,
  runId: string,
  claim: Claim,
): Promise<ClaimResult> {
  for (let left = TRIES; left > 0; left -= 1) {
    const taken = await takeOver(table, runId, claim);
    const item = taken ?? (await table.get(runKey(runId)));
    if (!item) return { kind: "missing" };
    const result = await unlessDamaged(
      () =>
        taken || item.lease_owner?.S === claim.owner
          ? unlessLost(() => claimed(table, values, item, claim))
          : refused(table, item, claim),
      async (damage): Promise<ClaimResult> => ({ kind: "damaged", run: await damagedRun(item, damage) }),
    );
    if (result) return result;
  }
  return { kind: "held", until: claim.now };
}

/** Undefined when a later claim has got ahead: what that made of the run is seen at the next try. */
async function unlessLost(claim: () => Promise<ClaimResult>): Promise<ClaimResult | undefined> {
  try {
    return await claim();
  } catch (thrown) {
    if (thrown instanceof LeaseLost) return undefined;
    throw thrown;
  }
}

function takeOver(table: Table, runId: string, claim: Claim): Promise<Item | undefined> {
  const begins = claim.evicts ? "nothing" : claim.inCompany ? "in company" : "alone";
  const change = {
    ":owner": text(claim.owner),
    ":lease_until": number(claim.leaseUntil),
    ":one": number(1),
    ":none": text(""),
    ...(!claim.evicts && { ":running": text("running") }),
    ...(begins === "alone" && { ":zero": number(0) }),
  };
  const condition = {
    ":v": layoutVersion,
    ":now_seconds": number(claim.now / 1000),
    ":number": text("N"),
    ":string": text("S"),
    ...Object.fromEntries(CLAIMABLE_STATUSES.map((status) => [`:was_${status}`, text(status)])),
    ...(!claim.evicts && { ":now": number(claim.now), ":soon": number(claim.now + EARLY_CLAIM_MS) }),
  };
  const changes = [
    ...TAKE_OVER,
    ...(claim.evicts ? [] : BEGIN_ATTEMPT),
    ...(begins === "alone" ? [BEGIN_ALONE] : []),
  ];
  const conditions = [...OPEN, ...(claim.evicts ? [OF_OTHERS] : [claim.inCompany ? UNSUSPECTED : FREE, DUE])];
  return table.updateAndGet(
    runKey(runId),
    { text: `SET ${changes.join(", ")}`, values: change },
    { text: conditions.join(" AND "), values: condition },
  );
}

/** Leaves the run as the claim found it; whether that got through, and what it found, is not known here. */
async function takeBack(table: Table, runId: string, { owner, now }: Claim): Promise<void> {
  const key = runKey(runId);
  const mine = { ":owner": text(owner) };
  const released = await table.update(
    key,
    { text: "REMOVE #lease_owner, #lease_until, #alone" },
    { text: "#lease_owner = :owner AND #prev_owner = :none", values: { ...mine, ":none": text("") } },
  );
  if (released) return;
  await table.update(
    key,
    {
      text: "SET #lease_owner = #prev_owner, #lease_until = :now, #alone = #alone - :one",
      values: { ":now": number(now), ":one": number(1) },
    },
    { text: "#lease_owner = :owner AND attribute_exists(#alone)", values: mine },
  );
}

/** Why a run cannot be claimed; undefined where it could be a moment later. @throws FlowError `internal` for a damaged one. */
async function refused(table: Table, item: Item, claim: Claim): Promise<ClaimResult | undefined> {
  const runId = runIdOf(item);
  const state: Claimable = {
    status: readOutcome(item) ?? "running",
    leaseUntil: readLeaseUntil(item, claim.now),
    notBefore: readOptionalNumber(item, "not_before"),
    expiresAt: Number(item.expires_at?.N),
  };
  const refusal = claimRefusal(state, claim);
  // Who blanked the history may have died before the old one was gone.
  if (refusal?.kind === "final" && item.rewritten?.BOOL) await removeReplaced(table, runId);
  // Whoever holds a lease goes on with what it has read: what is damaged meanwhile is looked at when it has let go.
  if (refusal) return refusal;
  checkLayout(item);
  if (item.outcome)
    throw damaged(item, `has the outcome ${JSON.stringify(item.outcome)}, and no run ends so`);
  readStatus(item);
  readClaims(item);
  readNumber(item, "expires_at");
  if (item.lease_owner) readText(item, "lease_owner");
  readOptionalNumber(item, "alone");
  return undefined;
}

async function claimed(
  table: Table,
  values: StoredValues,
  item: Item,
  { owner, evicts }: Claim,
): Promise<ClaimResult> {
  const runId = runIdOf(item);
  const epoch = readNumber(item, "epoch");
  const deathsAlone = (readOptionalNumber(item, "alone") ?? 0) - 1;
  const isStuck = !evicts && deathsAlone >= MOST_DEATHS_ALONE;
  const writer = { runId, owner, epoch, expiresAt: readNumber(item, "expires_at") };
  if (isStuck && !(await hasStoredSince(table, runId, epoch - MOST_DEATHS_ALONE))) {
    // One of them may be asleep, and would go on with a run that has ended.
    await fenceUnread(table, values, writer);
    throw damaged(item, LOADS_FOR_THE_LAST_TIME);
  }
  const journal = epoch > 1 ? await fenceJournal(table, values, writer, item) : { segments: [], fence: 0 };
  const entries = await segmentEntries(journal.segments, values);
  const run = await readClaimed(item, entries.flat(), values);
  const afterDeath = item.prev_owner !== undefined && readText(item, "prev_owner") !== "";
  const isOfTheDead = (segment: Item) => afterDeath && readNumber(segment, "epoch") === epoch - 1;
  const lease = { runId, owner, epoch, run };
  noteStored(lease, journal.fence);
  return {
    kind: "claimed",
    lease,
    run,
    nextSegment: journal.fence + 1,
    afterDeath,
    // A claim that left no fence never got as far as to begin.
    diedAlone: afterDeath && deathsAlone > 0 && journal.segments.some(isOfTheDead),
    leftBehind: entries.filter((_entries, index) => isOfTheDead(journal.segments[index] as Item)).flat(),
  };
}
