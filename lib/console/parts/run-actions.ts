import { html } from "hono/html";
import type { RunView } from "../../app/describe-run.ts";
import type { ConsoleContext } from "../console-app.ts";
import { type Action, actionForm } from "./action-form.ts";
import type { Html } from "./html.ts";

/** What can be done about a run, as buttons; nothing where nothing can. */
export function runActions(context: ConsoleContext, run: RunView): Html {
  const actions = actionsFor(run);
  if (actions.length === 0 || context.get("visitor").right !== "act") return "";
  return html`<section class="actions" aria-label="What you can do">${actions.map((action) => actionForm(context, action))}</section>`;
}

function actionsFor({ run_id: id, status, blanked, error, chunk }: RunView): readonly Action[] {
  const at = (verb: string) => `/runs/${id}/${verb}`;
  if (status === "queued" || status === "running" || status === "waiting")
    return [
      { path: at("cancel"), label: "Cancel", hint: "ends it, and the runs it waits for", kind: "danger" },
    ];
  if (blanked || chunk) return [];
  const replay: Action = {
    path: at("replay"),
    label: "Replay",
    hint: "runs its event again, on today’s version",
  };
  if (status !== "failed") return [replay];
  const redrive: Action =
    error?.class === "unknown_outcome"
      ? {
          path: at("redrive"),
          label: "Redrive, call again",
          hint: "see first whether the call took effect",
          fields: { repeat: "yes" },
          kind: "danger",
        }
      : { path: at("redrive"), label: "Redrive", hint: "goes on at the step that failed", kind: "primary" };
  return [redrive, replay];
}
