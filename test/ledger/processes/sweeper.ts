import { setTimeout as pause } from "node:timers/promises";
import { handler } from "../../../functions/sweeper.ts";
import { lambdaContext } from "../../../lib/local/lambda-context.ts";
import { serveRole } from "./serve-role.ts";

/** In the cloud a minute, to invocations of 15; here to ones of seconds. */
const EVERY_MS = 500;
/** The sweeper's own time limit in the cloud. */
const TIMEOUT_MS = 60_000;

const ending = new AbortController();
const sweeping = sweepUntilEnding();
serveRole({}, async () => {
  ending.abort();
  await sweeping;
});

async function sweepUntilEnding(): Promise<void> {
  while (!ending.signal.aborted) {
    try {
      await handler({}, lambdaContext("sweeper", TIMEOUT_MS, ending.signal));
    } catch (error) {
      console.error(String(error));
    }
    await pause(EVERY_MS, undefined, { signal: ending.signal }).catch(() => {});
  }
}
