import type { Claim, ClaimResult } from "../../core/ports/run-store.ts";
import { claimRefusal, EARLY_CLAIM_MS } from "../claim-refusal.ts";
import {
  checkLayout,
  type Item,
  layoutVersion,
  number,
  readNumber,
  readOptionalNumber,
  text,
} from "./item.ts";
import { removeReplaced } from "./lease-writes.ts";
import { readRun, readStatus, runKey } from "./run-item.ts";
import { fenceJournal, segmentEntries } from "./segments.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

// What was read after a refusal may be out of date a moment later: then the claim is tried again, this often in all.
const TRIES = 3;

const OPEN = [
  "attribute_exists(#pk)",
  "#v = :v",
  "#expires_at > :now_seconds",
  "attribute_not_exists(#outcome)",
];
const FREE = [
  "(attribute_not_exists(#lease_until) OR #lease_until <= :now)",
  "(attribute_not_exists(#not_before) OR #not_before <= :soon)",
];
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

/** Claims a run with one conditional update; a run that was claimed before gets a fence in its journal too. */
export async function claimRun(
  table: Table,
  values: StoredValues,
  runId: string,
  claim: Claim,
): Promise<ClaimResult> {
  for (let left = TRIES; left > 0; left -= 1) {
    const item = await takeOver(table, runId, claim);
    if (item) return claimed(table, values, item, claim);
    const found = await table.get(runKey(runId));
    if (!found) return { kind: "missing" };
    checkLayout(found);
    if (found.lease_owner?.S === claim.owner) return claimed(table, values, found, claim);
    const refusal = claimRefusal(claimable(found), claim);
    // Who blanked the history may have died before the old one was gone.
    if (refusal?.kind === "final" && found.rewritten?.BOOL) await removeReplaced(table, runId);
    if (refusal) return refusal;
  }
  return { kind: "held", until: claim.now };
}

function takeOver(table: Table, runId: string, claim: Claim): Promise<Item | undefined> {
  const change = {
    ":owner": text(claim.owner),
    ":lease_until": number(claim.leaseUntil),
    ":one": number(1),
    ":none": text(""),
    ...(!claim.evicts && { ":running": text("running") }),
  };
  const condition = {
    ":v": layoutVersion,
    ":now_seconds": number(claim.now / 1000),
    ...(!claim.evicts && { ":now": number(claim.now), ":soon": number(claim.now + EARLY_CLAIM_MS) }),
  };
  const changes = claim.evicts ? TAKE_OVER : [...TAKE_OVER, ...BEGIN_ATTEMPT];
  const conditions = claim.evicts ? [...OPEN, OF_OTHERS] : [...OPEN, ...FREE];
  return table.updateAndGet(
    runKey(runId),
    { text: `SET ${changes.join(", ")}`, values: change },
    { text: conditions.join(" AND "), values: condition },
  );
}

function claimable(item: Item) {
  return {
    status: readStatus(item),
    leaseUntil: readOptionalNumber(item, "lease_until"),
    notBefore: readOptionalNumber(item, "not_before"),
    expiresAt: readNumber(item, "expires_at"),
  };
}

async function claimed(
  table: Table,
  values: StoredValues,
  item: Item,
  { owner }: Claim,
): Promise<ClaimResult> {
  const runId = item.run_id?.S ?? "";
  const epoch = readNumber(item, "epoch");
  const writer = { runId, owner, epoch, expiresAt: readNumber(item, "expires_at") };
  const journal = epoch > 1 ? await fenceJournal(table, values, writer) : { segments: [], next: 1 };
  const run = await readRun(item, await segmentEntries(journal.segments, values), values);
  const afterDeath = (item.prev_owner?.S ?? "") !== "";
  const ofTheDead = journal.segments.filter(
    (segment) => afterDeath && readNumber(segment, "epoch") === epoch - 1,
  );
  return {
    kind: "claimed",
    lease: { runId, owner, epoch, run },
    run,
    nextSegment: journal.next,
    afterDeath,
    diedAlone: afterDeath && readOptionalNumber(item, "alone_epoch") === epoch - 1,
    leftBehind: await segmentEntries(ofTheDead, values),
  };
}
