import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { readLogEvents } from "../adapters/cloudwatch-logs.ts";
import { FlowError } from "../core/flow-error.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { askAws } from "./aws-trouble.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import { isWanted, type LogFilter, loggedText, parseLogged } from "./log-line.ts";
import { checkRunIds } from "./operate/select-runs.ts";
import { paintFor } from "./run-text.ts";
import { stageName } from "./stage-name.ts";

/** Options of `logs`. */
export interface LogsOptions extends HistoryOptions, LogFilter {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Gives the lines that came since the last call. */
interface LogSource {
  more(): Promise<readonly string[]>;
  close(): void;
}

const LOOK_EVERY_MS = { local: 500, deployed: 3_000 };

/**
 * Prints lines of the functions' logs, with `follow` until Ctrl-C (exit code 130 then).
 * @throws FlowError `invalid_input` for a run id that is none, `config_error` when there is no log.
 */
export async function printLogs(options: LogsOptions): Promise<number> {
  if (options.run !== undefined) checkRunIds([options.run]);
  const ending = new AbortController();
  const stop = () => ending.abort();
  const stopListening = onInterrupt(stop);
  process.stdout.once("error", stop);
  const isLocal = options.stage === LOCAL_STAGE;
  const source = isLocal ? localLog(options.data) : deployedLog(stageName(options.stage), options);
  const paint = paintFor(process.stdout);
  try {
    for (;;) {
      for (const text of await source.more()) {
        const logged = parseLogged(text);
        if (!isWanted(logged, options)) continue;
        process.stdout.write(
          `${options.json ? jsonText(logged.record ?? { message: text }) : loggedText(logged, paint)}\n`,
        );
      }
      if (!options.follow) return EXIT.ok;
      const everyMs = isLocal ? LOOK_EVERY_MS.local : LOOK_EVERY_MS.deployed;
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted) return EXIT.interrupted;
    }
  } finally {
    source.close();
    stopListening();
  }
}

const CHUNK = 1 << 16;

/** The stack writes one file of its data folder; a line that is not whole yet waits for its end. */
function localLog(data: string): LogSource {
  const file = openLog(join(data, "logs", "local.log"), data);
  const buffer = Buffer.alloc(CHUNK);
  let at = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    async more() {
      const lines: string[] = [];
      // It was cut off by somebody: it begins anew.
      if (fstatSync(file).size < at) at = 0;
      for (
        let size = readSync(file, buffer, 0, CHUNK, at);
        size > 0;
        size = readSync(file, buffer, 0, CHUNK, at)
      ) {
        at += size;
        const all = Buffer.concat([rest, buffer.subarray(0, size)]);
        const end = all.lastIndexOf(10) + 1;
        lines.push(...all.subarray(0, end).toString("utf8").split("\n").filter(Boolean));
        rest = Buffer.from(all.subarray(end));
      }
      return lines;
    },
    close: () => closeSync(file),
  };
}

function openLog(path: string, data: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new FlowError("config_error", `there is no log in ${data}: no local stack has run there`, {
      cause,
    });
  }
}

/** Lines reach CloudWatch some seconds late: each look reads this much again, and passes what it has given. */
const OVERLAP_MS = 60_000;

function deployedLog(stage: string, { since, run, function: source }: LogsOptions): LogSource {
  const client = new CloudWatchLogsClient({});
  let from = since;
  let given = new Set<string>();
  return {
    async more() {
      const query = {
        since: from,
        ...(run !== undefined && { runId: run }),
        ...(source !== undefined && { source }),
      };
      const { events, cut } = await askAws("allow logs:DescribeLogGroups and logs:FilterLogEvents", () =>
        readLogEvents(client, stage, query),
      );
      if (cut)
        process.stderr.write("There are more lines than one look reads: take a later --since, or a --run.\n");
      const fresh = events.filter(({ id }) => !given.has(id));
      given = new Set(events.map(({ id }) => id));
      from = Math.max(from, (events.at(-1)?.at ?? from) - OVERLAP_MS);
      return fresh.map(({ text }) => text);
    },
    close: () => client.destroy(),
  };
}
