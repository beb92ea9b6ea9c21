import { setTimeout as sleep } from "node:timers/promises";
import { createDynamoPairings } from "../adapters/dynamo/dynamo-pairings.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Pairings } from "../core/ports/pairings.ts";
import { environmentNamesIn } from "../core/template.ts";
import type { InputEntry } from "../core/workflow.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { secretsOf } from "../webhooks/verify-delivery.ts";
import { askAws } from "./aws-trouble.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, historyPlace } from "./history.ts";
import { onInterrupt } from "./interrupt.ts";
import { localIso } from "./local-time.ts";
import { secretPlace } from "./secret-place.ts";

const OPEN_MS = 10 * 60_000;
const LOOK_EVERY_MS = 500;

/**
 * Waits ten minutes for the secret that a service sends to a workflow's webhook once, and keeps it where the workflow looks for it:
 * in the stage's secret, or locally in `.env.local`. It is shown nowhere. `begins` is called once nothing speaks against that.
 * @throws FlowError `invalid_input` for a workflow whose service sends none, `config_error` when the stage cannot be asked.
 */
export async function pair(name: string, options: HistoryOptions, begins: () => void): Promise<number> {
  const { client, table, inputs } = historyPlace(options);
  try {
    const secretName = pairedName(name, await inputs());
    const place = secretPlace(options.stage);
    // Found out before anything comes that would be lost.
    await place.names();
    begins();
    const hint = `set HOOKLINE_TABLE to the stage's output TableName (asked for: ${table})`;
    const pairings = createDynamoPairings({ client, table });
    const secret = await askAws(hint, () => awaitSecret(pairings, name));
    if (secret === undefined) return EXIT.failed;
    await place.change({ [secretName]: secret });
    process.stderr.write(
      `The secret has come, and is ${secretName} in ${place.where}.${options.stage === LOCAL_STAGE ? "" : ` ${place.seen}`}\n`,
    );
    return EXIT.ok;
  } finally {
    client.destroy();
  }
}

/** The name of the environment that a webhook's secret has. */
function pairedName(name: string, entries: readonly InputEntry[]): string {
  const { verify, handshakes = [] } = entries.find((one) => one.name === name)?.webhook ?? {};
  const [first] = verify ? environmentNamesIn(secretsOf(verify)) : [];
  if (first !== undefined && handshakes.some(({ secret }) => secret)) return first;
  throw new FlowError(
    "invalid_input",
    `no service sends "${name}" a secret of its own accord: the presets notion and asana do, with the secret in \${env:…}`,
  );
}

async function awaitSecret(pairings: Pairings, name: string): Promise<string | undefined> {
  const until = Date.now() + OPEN_MS;
  const stopped = new AbortController();
  const done = onInterrupt(() => stopped.abort());
  await pairings.open(name, until);
  process.stderr.write(
    `Waiting until ${localIso(until)} for the service to send its secret: make the webhook there now, with the URL above. Ctrl-C ends it.\n`,
  );
  try {
    while (Date.now() < until && !stopped.signal.aborted) {
      const secret = await pairings.take(name);
      if (secret !== undefined) return secret;
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
    process.stderr.write("Nothing came; no secret is taken any more.\n");
    return undefined;
  } finally {
    done();
    await pairings.close(name);
  }
}
