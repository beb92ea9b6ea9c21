import { readEvent } from "../core/event-body.ts";
import { toFlowError } from "../core/flow-error.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { isFinal, type RunRecord } from "../core/run.ts";
import type { RespondRule } from "../core/workflow.ts";
import { describeRun } from "./describe-run.ts";
import { eventReader } from "./event-reader.ts";
import type { InputEnvironment } from "./input-environment.ts";
import type { Ingest } from "./store-event.ts";
import type { WebhookAnswer } from "./webhook-answer.ts";

const FIRST_LOOK_MS = 25;
const LOOK_GROWS_BY = 1.5;
const LONGEST_LOOK_MS = 250;

/**
 * What came of a run for its sender: what a step of it answered, or its end; undefined when there is neither in time, or
 * nobody can look.
 */
export async function awaitAnswer(
  ingest: Ingest,
  runId: string,
  rule: RespondRule,
  env: InputEnvironment,
): Promise<WebhookAnswer | undefined> {
  const { clock, answers, store, runs, log } = ingest;
  const until = clock.now() + rule.waitSeconds * 1000;
  try {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * LOOK_GROWS_BY, LONGEST_LOOK_MS)) {
      // The status first: what a run answered before its end is there then.
      const status = await store.status(runId);
      const answer = await answers.get(runId);
      if (answer) return answerOf(answer.status, answer.body, answer.headers);
      if (status !== undefined && status !== "damaged" && isFinal(status)) {
        const run = await runs.get(runId);
        return run && endOf(run, rule, ingest.stage, env);
      }
      const left = until - clock.now();
      if (left <= 0) return undefined;
      await clock.sleep(Math.min(pause, left));
    }
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    log.write({ level: "warn", message: `its end is not known yet: ${message}`, fields: { run_id: runId } });
    return undefined;
  }
}

function endOf(run: RunRecord, rule: RespondRule, stage: string, env: InputEnvironment): WebhookAnswer {
  const { runId: run_id } = run;
  const { status, reason, error, state, output } = describeRun(run);
  switch (status) {
    case "succeeded":
      return answerOf(
        rule.status,
        rule.body === undefined ? output : render(run, rule.body, state, stage, env),
      );
    case "dropped":
      return answerOf(200, { run_id, status, reason });
    default:
      return answerOf(500, {
        run_id,
        status,
        error: {
          class: error?.class ?? "internal",
          message: error?.message ?? "",
          step: error?.step ?? null,
        },
      });
  }
}

/** A template over the event and the final state. */
function render(
  { runId: id, workflow: name, hash, event, attempt }: RunRecord,
  template: Json,
  state: JsonObject,
  stage: string,
  env: InputEnvironment,
): Json {
  const made = { state, run: { id, attempt } };
  return eventReader({ name, hash }, stage, readEvent(event), env, made).render(template);
}

function answerOf(status: number, body: Json, headers: WebhookAnswer["headers"] = {}): WebhookAnswer {
  if (body === null) return { status, headers };
  if (typeof body === "string")
    return { status, headers: { "content-type": "text/plain", ...headers }, body };
  return { status, headers, body };
}
