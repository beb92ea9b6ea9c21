import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { toGatewayAnswer, toWebhookRequest } from "../../lib/app/gateway-event.ts";
import { ingestEvent } from "../../lib/app/ingest-event.ts";
import { startHttpFront } from "../../lib/local/http-front.ts";
import { presets } from "../../lib/webhooks/presets.ts";
import { createWorld, webhookPathIn } from "../support/world.ts";
import type { RawTraffic } from "./raw-requests.ts";

/** The local stack's front with ingest behind it, listening on loopback. */
export interface FrontUnderTest {
  readonly paths: readonly string[];
  /**
   * Sends what a client writes, reads until the connection ends, and compares what was answered with what was stored; the answer.
   * @throws AssertionError for a 5xx (nothing here is ever unavailable), for an answer that does not come, and for a run that nobody was told of.
   */
  send(traffic: RawTraffic): Promise<string>;
  close(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 5_000;
const VERIFIED = ["github", "stripe", "twilio", "meta", "slack", "adyen", "asana"];
const SECRET = "00ff00ff00ff00ff";
const FILE = { input: { type: "http_webhook" }, steps: [] };

/** Starts the front before a stage in memory, with a webhook that takes anything and some that verify. */
export async function startFrontUnderTest(): Promise<FrontUnderTest> {
  const stored = new Set<string>();
  const faults: string[] = [];
  const verified = VERIFIED.map(
    (verify) => [verify, { input: { type: "http_webhook", verify }, steps: [] }] as const,
  );
  const names = VERIFIED.map((verify) => presets.get(verify)?.secretName as string);
  const world = createWorld({
    file: FILE,
    workflows: Object.fromEntries(verified),
    secrets: Object.fromEntries([...names, "META_VERIFY_TOKEN"].map((name) => [name, SECRET])),
    wrapStore: (store) => ({
      ...store,
      async create(run) {
        // Another turn of the loop, as a store takes: what follows on the connection is read meanwhile.
        await new Promise(setImmediate);
        await store.create(run);
        stored.add(run.runId);
      },
    }),
  });
  const front = await startHttpFront({
    port: 0,
    maxBodyBytes: world.ingest.maxBodyBytes,
    invoke: async (event) => toGatewayAnswer(await ingestEvent(world.ingest, toWebhookRequest(event))),

    log: (line) => faults.push(line),
  });
  const port = Number(new URL(front.url).port);
  const paths = ["example", ...VERIFIED].map(webhookPathIn);
  return {
    paths,
    async send(traffic) {
      stored.clear();
      faults.length = 0;
      const answered = new Set<string>();
      const text = await exchange(port, traffic);
      for (const [, status = ""] of text.matchAll(/HTTP\/1\.1 (\d{3})/g))
        assert.ok(status < "500", `answered ${status}`);
      for (const [, runId = ""] of text.matchAll(/"run_id":"([0-9a-f-]{36})"/g)) answered.add(runId);
      assert.deepEqual(faults, []);
      assert.deepEqual(stored, answered, "what was stored is not what was acknowledged");
      return text;
    },
    close: () => front.close(),
  };
}

/** Writes packet after packet, says that nothing more comes, and reads to the end. */
async function exchange(port: number, { bytes, cuts }: RawTraffic): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  let answer = "";
  socket.setEncoding("latin1");
  socket.on("data", (part) => {
    answer += part;
  });
  // The other side may close, or refuse what is still being written.
  socket.on("error", () => {});
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
    answer = "timeout";
    socket.destroy();
  });
  await once(socket, "connect");
  for (const [index, from] of [0, ...cuts].entries()) {
    await new Promise((resolve) => socket.write(bytes.subarray(from, cuts[index]), resolve));
  }
  socket.end();
  await once(socket, "close");
  assert.notEqual(answer, "timeout", `no answer within ${ANSWER_TIMEOUT_MS} ms`);
  return answer;
}
