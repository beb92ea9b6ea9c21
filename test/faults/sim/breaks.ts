/** A way to break the product that faults must bring to light. */
export interface Break {
  readonly name: string;
  readonly file: string;
  /** Text of the file, found once in it. */
  readonly from: string;
  readonly to: string;
  /** Shows only in worlds whose inputs have limits. */
  readonly isOfLimits?: true;
}

/** What the promises rest on, each taken away. */
export const BREAKS: readonly Break[] = [
  {
    name: "no fence: a claim leaves the journal open to the runner before it",
    file: "lib/adapters/dynamo/segments.ts",
    from: "if (await table.putNew(item)) return { segments, fence };",
    to: "return { segments, fence: item.pk ? segments.length : fence };",
  },
  {
    name: "a segment is stored over whatever is there",
    file: "lib/adapters/dynamo/segments.ts",
    from: "if (!(await table.putNew(item))) {",
    to: 'if (!(await table.putIf(item, { text: "NOT #pk = #sk" }))) {',
  },
  {
    name: "release and finish ask for no lease",
    file: "lib/adapters/dynamo/lease-writes.ts",
    from: "{ text: HELD, values: holder(lease) },\n  );\n  if (ended) return;",
    to: '{ text: "#pk <> :epoch AND #pk <> :owner", values: holder(lease) },\n  );\n  if (ended) return;',
  },
  {
    name: "a claim does not look at the lease",
    file: "lib/adapters/dynamo/claim-run.ts",
    from: 'const FREE = "(attribute_not_exists(#lease_until) OR #lease_until <= :now)";',
    to: 'const FREE = "(attribute_not_exists(#lease_until) OR #lease_until > :now OR #lease_until <= :now)";',
  },
  {
    name: "a lease ends before its invocation",
    file: "lib/app/process-delivery.ts",
    from: "leaseUntil: invocation.deadline + runner.timings.leaseMarginMs,",
    to: "leaseUntil: Math.min(invocation.deadline, now + 2_000),",
  },
  {
    name: "an effect does not wait until what happened before it is stored",
    file: "lib/engine/journal.ts",
    from: "if (this.#effectWaits || this.#unrepeatableWaits) return this.flush();\n    await (this.#next ?? this.#inFlight);",
    to: "",
  },
  {
    name: "a call that may be made once is not noted before it is made",
    file: "lib/engine/attempt-step.ts",
    from: "      await journal.flush();\n    }\n    const traits",
    to: "    }\n    const traits",
  },
  {
    name: "a repeated call is made under another key",
    file: "lib/engine/step-context.ts",
    from: "idempotencyKey: `${execution.run.id}-${path}",
    to: "idempotencyKey: `${execution.run.id}-${path}${execution.run.attempt > 1 ? `-again` : ``}",
  },
  {
    name: "a run that waits is in no index that the sweeper reads",
    file: "lib/adapters/dynamo/lease-writes.ts",
    from: "due_at: number(release.dueAt),",
    to: "due_at: undefined,",
  },
  {
    name: "the sweeper forgets what it could not enqueue",
    file: "lib/app/sweep.ts",
    from: "later ?? now + timings.lookAfterMs",
    to: "later ?? now + 1_000 * timings.lookAfterMs",
  },
  {
    name: "ingest accepts what it could not store",
    file: "lib/app/store-delivery.ts",
    from: "if (mayStay || !(await isKept(ingest, runId))) return notStored(ingest, entry, thrown, runId);",
    to: "if (!mayStay) await isKept(ingest, runId);",
  },
  {
    name: "ingest takes back what runs already",
    file: "lib/adapters/dynamo/new-run-store.ts",
    from: 'text: "#epoch = :none"',
    to: 'text: "#epoch >= :none"',
  },
  {
    name: "a failed run is not brought to the dead-letter queue a second time",
    file: "lib/app/process-delivery.ts",
    from: "if (delivery.receiveCount > 1) await tellEnd(runner, message);",
    to: "",
  },
  {
    name: "a finish whose answer got lost is not recognised",
    file: "lib/adapters/dynamo/lease-writes.ts",
    from: "if (found?.[signature]?.S !== lease.owner)",
    to: "if (found)",
  },
  {
    name: "a run goes on with the version of today",
    file: "lib/app/find-version.ts",
    from: "return current?.hash === hash ? current : store.getVersion(name, hash);",
    to: "return current ?? store.getVersion(name, hash);",
  },
  {
    name: "a run is not handed over before its invocation ends",
    file: "lib/app/timings.ts",
    from: "handOverMarginMs: Math.min(15_000, invocationMs / 4),",
    to: "handOverMarginMs: -60_000,",
  },
  {
    name: "a step's cost is counted with each attempt of the run",
    file: "lib/app/run-attempt.ts",
    from: "costUsd: costOf(whole),",
    to: "costUsd: run.costUsd + costOf(whole),",
  },
  {
    name: "a copy of a delivery is a run of its own",
    file: "lib/app/name-delivery.ts",
    from: "const run = await deliveries.name({ workflow, key, until }, mine);",
    to: "await deliveries.name({ workflow, key, until }, mine);\n  const run = mine;",
    isOfLimits: true,
  },
  {
    name: "a rate forgets who had the last turn",
    file: "lib/adapters/dynamo/dynamo-turns.ts",
    from: "attribute_not_exists(#due) OR #due <= :now",
    to: "attribute_not_exists(#due) OR #due <= :now OR #due > :now",
    isOfLimits: true,
  },
  {
    name: "a slot is taken from who holds it",
    file: "lib/adapters/dynamo/dynamo-slots.ts",
    from: "attribute_not_exists(#until_${slot}) OR #until_${slot} <= :now",
    to: "attribute_not_exists(#until_${slot}) OR #until_${slot} <= :now OR #until_${slot} > :now",
    isOfLimits: true,
  },
  {
    name: "a burst ends for a delivery that nobody stored",
    file: "lib/app/superseded.ts",
    from: "if ((await store.status(follower)) === undefined) continue;",
    to: "",
    isOfLimits: true,
  },
  {
    name: "a delivery may go into another batch than the one it went into",
    file: "lib/adapters/dynamo/dynamo-batch-store.ts",
    from: ': { text: "attribute_not_exists(#pk)" };\n  const found',
    to: ': { text: "attribute_not_exists(#pk) OR attribute_exists(#pk)" };\n  const found',
    isOfLimits: true,
  },
  {
    name: "a place of a closed batch stays open to who was given it",
    file: "lib/adapters/dynamo/dynamo-batch-store.ts",
    from: "((await table.putNew(gap)) ? gap : await table.get(key))",
    to: "gap",
    isOfLimits: true,
  },
];
