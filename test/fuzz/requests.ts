import assert from "node:assert/strict";
import * as fc from "fast-check";
import { startFrontUnderTest } from "./front-under-test.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { rawTraffic } from "./raw-requests.ts";

const SOUND = Buffer.from('{"a": 1}');

/** Anything on a connection to the front: no crash, no 5xx but 503, and what is stored is what was acknowledged. */
export const requests: FuzzTarget = {
  name: "requests",
  cost: 10,
  async run({ seed, runs }) {
    const front = await startFrontUnderTest();
    const began = performance.now();
    let slowestMs = 0;
    try {
      await fc.assert(
        fc.asyncProperty(rawTraffic(front.paths), async (traffic) => {
          const sent = performance.now();
          await front.send(traffic);
          slowestMs = Math.max(slowestMs, performance.now() - sent);
        }),
        { seed, numRuns: runs },
      );
      const head = `POST ${front.paths[0]} HTTP/1.1\r\nhost: a\r\ncontent-length: ${SOUND.length}\r\n\r\n`;
      const answer = await front.send({ bytes: Buffer.concat([Buffer.from(head), SOUND]), cuts: [] });
      assert.match(answer, /^HTTP\/1\.1 202 /, "a sound request is not accepted any more");
    } finally {
      await front.close();
    }
    return { ms: performance.now() - began, pauses: 0, slowestMs };
  },
};
