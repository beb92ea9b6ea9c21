import { html } from "hono/html";
import { cancelRun } from "../../app/cancel-run.ts";
import { redriveRun } from "../../app/redrive-run.ts";
import { replayRun } from "../../app/replay-run.ts";
import { mainEntry } from "../../app/served-entry.ts";
import type { AddPage, ConsoleContext } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import type { Html } from "../parts/html.ts";

/** The buttons of a run: each says calmly what came of it, and repeating it does no harm. */
export const addRunActions: AddPage = (app, { operator, inputs, splits, log }) => {
  const note = (context: ConsoleContext, what: string) => {
    const { name } = context.get("visitor");
    log.write({
      level: "info",
      message: `somebody pressed ${what}`,
      fields: { run_id: context.req.param("id") ?? "", ...(name !== undefined && { by: name }) },
    });
  };

  app.post("/runs/:id/redrive", async (context) => {
    note(context, "redrive");
    const { repeat } = await context.req.parseBody();
    const runId = context.req.param("id");
    const result = await redriveRun(operator, runId, { repeatUnknown: repeat === "yes" });
    switch (result.kind) {
      case "redriven":
        return context.redirect(`/runs/${runId}`, 303);
      case "not_failed":
        return said(context, 409, runId, `The run is ${result.status}: only a failed one is redriven.`);
      case "blanked":
        return said(context, 409, runId, "history.redact has blanked what the run would go on with.");
      case "unknown_outcome":
        return said(
          context,
          409,
          runId,
          `Step ${result.steps.join(", ")} may be run once at most and had no answer: see whether it took effect first.`,
        );
      case "missing":
        return gone(context, runId);
    }
  });

  app.post("/runs/:id/replay", async (context) => {
    note(context, "replay");
    const runId = context.req.param("id");
    const summary = await operator.store.summary(runId);
    if (!summary) return gone(context, runId);
    const deployed = inputs.all().find(({ name }) => name === summary.workflow);
    if (!deployed) return said(context, 409, runId, `No workflow ${summary.workflow} is deployed any more.`);
    const version = await mainEntry({ ...operator, splits, log }, deployed);
    const { again } = await context.req.parseBody();
    const result = await replayRun(operator, runId, { version, again: again === "yes" });
    switch (result.kind) {
      case "replayed":
        return context.redirect(`/runs/${result.replayId}`, 303);
      case "before":
        return said(
          context,
          409,
          runId,
          html`Its event was run again on this version before: <a href="/runs/${result.replayId}">${result.replayId}</a>.`,
        );
      case "is_replay":
        return said(context, 409, runId, "The run is a replay itself: replay the run it comes from.");
      case "blanked":
        return said(context, 409, runId, "history.redact has blanked the event.");
      case "missing":
        return gone(context, runId);
    }
  });

  app.post("/runs/:id/cancel", async (context) => {
    note(context, "cancel");
    const runId = context.req.param("id");
    const result = await cancelRun(operator, runId);
    switch (result.kind) {
      case "cancelled":
        return context.redirect(`/runs/${runId}`, 303);
      case "final":
        return said(context, 409, runId, `The run has ended before: it is ${result.status}.`);
      case "contended":
        return said(context, 409, runId, "Somebody else cancels it at this very moment.");
      case "missing":
        return gone(context, runId);
    }
  });
};

function said(context: ConsoleContext, status: 404 | 409, runId: string, text: Html | string) {
  return answerPage(context, {
    title: "Nothing was done",
    status,
    section: "/runs",
    main: html`<section class="card trouble"><h1>Nothing was done</h1><p>${text}</p><p><a href="/runs/${encodeURIComponent(runId)}">Back to the run</a></p></section>`,
  });
}

function gone(context: ConsoleContext, runId: string) {
  return said(context, 404, runId, "There is no such run, or its history is deleted.");
}
