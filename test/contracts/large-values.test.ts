import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import {
  mustClaim,
  NOON,
  runIdAt,
  sampleClaim,
  sampleEntry,
  sampleFinish,
  sampleRelease,
  sampleRun,
} from "../support/sample-run.ts";
import { type SentSizes, watchServiceLimits } from "../support/service-limits.ts";

const KIB = 1024;
const MINUTE = 60_000;

let dynalite: Dynalite;
let store: RunStore;
let sent: SentSizes;
beforeAll(async () => {
  dynalite = await startDynalite();
  const client = dynalite.client();
  sent = watchServiceLimits(client, dynalite.client());
  store = createDynamoRunStore({ client, table: await dynalite.createTable(), now: () => NOON });
});
afterAll(() => dynalite.stop());

/** Text that takes about so many bytes when it is packed: three quarters of its length. */
const text = (packedBytes: number) => randomBytes(packedBytes).toString("base64");

/** Sizes just below and above where values go elsewhere. */
const anySize = fc.oneof(
  fc.nat(200),
  ...[16, 64, 256, 350, 400, 700].map((kib) => fc.integer({ min: kib * KIB - 600, max: kib * KIB + 40 })),
);

describe("nothing over a limit of DynamoDB is sent, and everything comes back", () => {
  test("whatever the sizes of event, request, error, reason, output, segment and tail are", async () => {
    const sizes = { body: anySize, request: anySize, error: anySize, reason: anySize, output: anySize };
    const journal = { segment: anySize, tail: anySize, entries: fc.integer({ min: 1, max: 400 }) };
    await fc.assert(
      fc.asyncProperty(fc.record({ ...sizes, ...journal }), async (size) => {
        const sample = sampleRun();
        const request = { ...sample.event.request, headers: { "x-long": text(size.request) } };
        // Random bytes are seldom JSON, and refused where they are said to be.
        const contentType = "application/octet-stream";
        const event = { ...sample.event, body: randomBytes(size.body), contentType, request };
        await store.create({ ...sample, event });
        const first = await mustClaim(store, sample.runId);
        const share = Math.ceil(size.segment / size.entries);
        const entries = Array.from({ length: size.entries }, (_none, n) => sampleEntry(`${n}`, text(share)));
        await store.append(first.lease, 1, entries);
        const error = { step: "0", class: "timeout", message: text(size.error), details: {} } as const;
        await store.release(first.lease, sampleRelease({ error }));
        const second = await mustClaim(store, sample.runId);
        expect(second.run).toMatchObject({ error, event: { request } });
        const end = { error, reason: text(size.reason), output: text(size.output) };
        const tail = [sampleEntry("last", text(size.tail))];
        await store.finish(second.lease, sampleFinish({ status: "failed", ...end, tail }));
        const found = await store.get(sample.runId);
        expect(found).toMatchObject({ ...end, event: { request } });
        expect(found?.journal).toEqual([...entries, ...tail]);
        expect(Buffer.compare(found?.event.body ?? new Uint8Array(), event.body)).toBe(0);
      }),
      { numRuns: 8 },
    );
  });

  test("when all values of a run's item are just small enough to stay in it, after many redrives and replays", async () => {
    const sample = sampleRun({
      parent: { runId: runIdAt(NOON), path: "0".repeat(900), awaits: true, depth: 1 },
    });
    const request = { ...sample.event.request, headers: { "x-long": text(16 * KIB - 600) } };
    await store.create({ ...sample, event: { ...sample.event, body: randomBytes(64 * KIB - 5), request } });
    const error = { step: null, class: "timeout", message: text(16 * KIB - 600), details: {} } as const;
    const reason = text(16 * KIB - 200);
    const output = text(64 * KIB - 700);
    for (let nth = 1; nth <= 5; nth += 1) {
      const { lease } = await mustClaim(store, sample.runId, sampleClaim(NOON + nth * MINUTE));
      const tail = [sampleEntry("0", text(64 * KIB - 900))];
      await store.finish(lease, sampleFinish({ status: "failed", error, reason, output, tail }));
      for (let replay = 1; replay <= 20; replay += 1)
        await store.nameReplay(sample.runId, {
          nth: (nth - 1) * 20 + replay,
          replayId: runIdAt(NOON),
          now: NOON,
        });
      const redrive = { now: NOON, dueAt: NOON, expiresAt: sample.expiresAt, entries: nth };
      if (nth < 5) await store.redrive(sample.runId, { ...redrive, nth });
    }
    expect(await store.get(sample.runId)).toMatchObject({ error, reason, output, status: "failed" });
    expect(sent.item).toBeGreaterThan(200 * KIB);
  });

  test("when a value of 10 MB takes several requests", async () => {
    const sample = sampleRun();
    await store.create(sample);
    const { lease } = await mustClaim(store, sample.runId);
    const value = text(10_000_000);
    await store.append(lease, 1, [sampleEntry("0", value)]);
    await store.finish(lease, sampleFinish({ output: value }));
    const found = await store.get(sample.runId);
    expect(found?.output === value && found.journal[0]?.patch[0]?.value === value).toBe(true);
    expect(sent.batchWriteItems).toBe(25);
    expect(sent.batchWrite).toBeGreaterThan(8 * KIB * KIB);
  });
});
