import { createHmac } from "node:crypto";
import { ingestEvent } from "../../lib/app/ingest-event.ts";
import { isSecurityHash, securityHash, webhookPath, workflowIdOf } from "../../lib/app/webhook-url.ts";
import { createWorld, WORLD_KEY, WORLD_ORG, webhookPathIn } from "../support/world.ts";
import { median, welchT } from "./statistics.ts";

/** What one kind of request takes, beside the first kind of its group. */
export interface TimedKind {
  readonly group: string;
  readonly kind: string;
  readonly medianUs: number;
  /** {@link welchT} against the first kind. */
  readonly t: number;
}

/** What is timed: something that a kind of caller makes the stage do. */
interface Kind {
  readonly kind: string;
  call(round: number): unknown;
}

const SECRET = "the signing secret";
const SAMPLES = 10_000;
const WARM_UP = 10_000;
const TEXTS = 1_000;
/** Share of the samples that is looked at; the rest met garbage collection or another process. */
const SHARE = 0.9;

const KNOWN_ID = workflowIdOf("test", "example");
const RIGHT = securityHash(WORLD_KEY, WORLD_ORG, KNOWN_ID);

/** The right digits but for the first three, or the last three. */
function changed(right: string, number: number, where: "start" | "end"): string {
  const digits = number.toString(16).padStart(3, "0");
  const [start, end] = [right.slice(0, 3), right.slice(-3)];
  if (where === "start") return (digits === start ? "fff" : digits) + right.slice(3);
  return right.slice(0, -3) + (digits === end ? "fff" : digits);
}

const wrongHash = (number: number) => changed(RIGHT, number, "start");
const nearlyRight = (number: number) => changed(RIGHT, number, "end");
const idOfNone = (number: number) => workflowIdOf("test", `no workflow ${number}`);
const rightOfNone = (number: number) => securityHash(WORLD_KEY, WORLD_ORG, idOfNone(number));
const otherOrg = (number: number) => `org${number.toString(36).padStart(2, "_")}`.slice(0, WORLD_ORG.length);

/** Times 10,000 requests of each kind, the kinds in an order of chance. */
export async function timeHashes(): Promise<readonly TimedKind[]> {
  const { ingest } = createWorld({ file: { input: { type: "http_webhook" }, steps: [] } });
  const isRight = (hash: string, keys: readonly string[] = [WORLD_KEY]) =>
    isSecurityHash(hash, keys, WORLD_ORG, KNOWN_ID);
  const check = (kind: string, hashOf: (number: number) => string, judge = (hash: string) => isRight(hash)) =>
    kindOf(kind, hashOf, judge);
  const post = (kind: string, pathOf: (number: number) => string) =>
    kindOf(kind, pathOf, async (path) => {
      const { status } = await ingestEvent(ingest, { ...REQUEST, path });
      if (status !== 404) throw new Error(`answered ${status}`);
    });
  return [
    ...(await timeGroup("the check of a hash", [
      check("a wrong hash", wrongHash),
      check("one that is wrong at its end", nearlyRight),
      check("the right hash", () => RIGHT),
      check("a wrong hash while the key is changed", wrongHash, (hash) =>
        isRight(hash, [WORLD_KEY, "another"]),
      ),
      check("control: a wrong hash, looked at twice", wrongHash, (hash) => isRight(hash) || isRight(hash)),
    ])),
    ...(await timeGroup("a request that gets 404", [
      post("a wrong hash", (number) => webhookPath(WORLD_ORG, KNOWN_ID, wrongHash(number))),
      post("one that is wrong at its end", (number) => webhookPath(WORLD_ORG, KNOWN_ID, nearlyRight(number))),
      post("an id of no workflow", (number) => webhookPath(WORLD_ORG, idOfNone(number), wrongHash(number))),
      post("an id of no workflow, its hash right", (number) =>
        webhookPath(WORLD_ORG, idOfNone(number), rightOfNone(number)),
      ),
      post("another organisation, the hash right", (number) =>
        webhookPath(otherOrg(number), KNOWN_ID, RIGHT),
      ),
    ])),
    ...(await timeSignatures()),
  ];
}

/** The same of signatures, which are wrong at once or at their end. */
async function timeSignatures(): Promise<readonly TimedKind[]> {
  const { ingest } = createWorld({
    file: { input: { type: "http_webhook", verify: "github" }, steps: [] },
    secrets: { GITHUB_WEBHOOK_SECRET: SECRET },
  });
  const path = webhookPathIn("example");
  const body = Buffer.from('{"action": "opened"}');
  const right = createHmac("sha256", SECRET).update(body).digest("hex");
  const post = (kind: string, signatureOf: (number: number) => string) =>
    kindOf(kind, signatureOf, async (signature) => {
      const headers = { "x-hub-signature-256": `sha256=${signature}` };
      const { status } = await ingestEvent(ingest, { ...REQUEST, path, body, headers });
      if (status !== 401) throw new Error(`answered ${status}`);
    });
  return timeGroup("a request that gets 401", [
    post("a wrong signature", (number) => changed(right, number, "start")),
    post("one that is wrong at its end", (number) => changed(right, number, "end")),
  ]);
}

const REQUEST = {
  method: "POST",
  origin: "https://hooks.example",
  rawQuery: "",
  query: {},
  headers: {},
  body: new Uint8Array(),
  sourceIp: "192.0.2.1",
};

/** Each kind has texts of its own, all made in one way: none profits from what the process has seen before. */
function kindOf(kind: string, textOf: (number: number) => string, call: (text: string) => unknown): Kind {
  const texts = Array.from({ length: TEXTS }, (_, number) => Buffer.from(textOf(number)).toString());
  return { kind, call: (round) => call(texts[round % TEXTS] as string) };
}

async function timeGroup(group: string, kinds: readonly Kind[]): Promise<readonly TimedKind[]> {
  const samples = kinds.map(() => [] as number[]);
  for (let round = -WARM_UP; round < SAMPLES; round += 1) {
    for (const index of shuffled(kinds.length)) {
      const { call } = kinds[index] as Kind;
      const began = process.hrtime.bigint();
      await call(round + WARM_UP);
      const took = Number(process.hrtime.bigint() - began) / 1000;
      if (round >= 0) samples[index]?.push(took);
    }
  }
  const [first = []] = samples;
  return kinds.map(({ kind }, index) => {
    const own = samples[index] ?? [];
    return { group, kind, medianUs: median(own), t: welchT(own, first, SHARE) };
  });
}

function shuffled(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => ({ index, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ index }) => index);
}
