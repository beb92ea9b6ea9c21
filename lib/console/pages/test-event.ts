import { html } from "hono/html";
import type { SampleEvent } from "../../app/sample-event.ts";
import { sendTestEvent } from "../../app/send-test-event.ts";
import { mainEntry } from "../../app/served-entry.ts";
import { tickNow } from "../../app/tick-now.ts";
import type { InputEntry } from "../../core/workflow.ts";
import { readHeaderLine } from "../../webhooks/read-header-line.ts";
import type { AddPage, ConsoleContext } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { type Action, actionForm } from "../parts/action-form.ts";
import type { Html } from "../parts/html.ts";
import { lookOnly, testEventForm } from "../parts/test-event-form.ts";
import { testEventTrouble } from "../parts/test-event-trouble.ts";
import { servedInput } from "../served-workflows.ts";
import { troublePage } from "../trouble.ts";

/** Sending a workflow an event to try it: a sample to begin with, and what came of it; of a schedule, a tick. */
export const addTestEventPage: AddPage = (app, stage) => {
  const { accepting, samples, splits, log } = stage;
  const { random, clock } = accepting;
  /** The version that events are relied on to get. */
  const inputOf = async (name: string) => {
    const deployed = servedInput(stage, name);
    const canBeTried = deployed?.type === "http_webhook" || deployed?.type === "cron";
    return canBeTried ? mainEntry({ ...accepting, splits }, deployed) : undefined;
  };

  const note = ({ name: workflow }: InputEntry) =>
    log.write({ level: "info", message: "somebody sends a test event", fields: { workflow } });

  app.get("/workflows/:name/test", async (context) => {
    const entry = await inputOf(context.req.param("name"));
    if (!entry) return notHere(context);
    if (entry.type === "cron") return tickPage(context, entry);
    // What services send is for this page only.
    const { sampleEventFor } = await import("../../app/sample-event.ts");
    const about = { id: random.uuid(), now: clock.now() };
    const sample = sampleEventFor(entry, samples.beside(entry.name), about);
    return testPage(context, entry, sample);
  });

  app.post("/workflows/:name/test", async (context) => {
    const entry = await inputOf(context.req.param("name"));
    if (!entry) return notHere(context);
    const sourceIp = context.env?.sourceIp ?? "";
    note(entry);
    if (entry.type === "cron")
      return context.redirect(`/runs/${await tickNow(accepting, entry, sourceIp)}`, 303);
    const form = await context.req.parseBody();
    // Browsers send the lines of a text with a carriage return each.
    const text = (field: string) => String(form[field] ?? "").replaceAll("\r\n", "\n");
    const [lines, body] = [
      text("headers")
        .split("\n")
        .filter((line) => line.trim() !== ""),
      text("body"),
    ];
    const headers = lines.map(readHeaderLine);
    const given = { headers: Object.fromEntries(headers.filter((one) => one !== undefined)), body };
    const wrong = lines.find((_line, index) => headers[index] === undefined);
    if (wrong !== undefined) {
      const said = html`<p class="notice bad" role="alert">A header is a line of its own, <code>name: value</code>; this is none: <code>${wrong}</code></p>`;
      return testPage(context, entry, given, { status: 400, said });
    }
    const handled = await sendTestEvent(accepting, entry, {
      headers: given.headers,
      body: new TextEncoder().encode(body),
      sourceIp,
    });
    const trouble = testEventTrouble(handled);
    if (trouble.kind === "none") return context.redirect(`/runs/${trouble.runId}`, 303);
    return testPage(context, entry, given, trouble);
  });
};

function testPage(
  context: ConsoleContext,
  { name, webhook = {} }: InputEntry,
  event: SampleEvent,
  trouble?: { readonly status: 400 | 409 | 413 | 422 | 429 | 503; readonly said: Html },
) {
  return answerPage(context, {
    title: `Test event for ${name}`,
    section: "/workflows",
    ...(trouble && { status: trouble.status }),
    main: html`<p><a href="/workflows/${name}">${name}</a></p>
<h1>Send a test event</h1>
${trouble?.said ?? ""}
<p>It becomes a run that does what the workflow says, on the version that serves: calls are really made. ${rulesOf(webhook)}</p>
${testEventForm(context, `/workflows/${name}/test`, event)}`,
  });
}

function tickPage(context: ConsoleContext, { name }: InputEntry) {
  const act: Action = {
    path: `/workflows/${name}/test`,
    label: "Run now",
    hint: "calls are really made",
    kind: "primary",
  };
  return answerPage(context, {
    title: `Run ${name} now`,
    section: "/workflows",
    main: html`<p><a href="/workflows/${name}">${name}</a></p>
<h1>Run now</h1>
<p>It becomes a run as of a tick at this moment, on the version that serves. Whether the run of an earlier tick has ended is not looked at.</p>
<div class="actions">${context.get("visitor").right === "act" ? actionForm(context, act) : lookOnly}</div>`,
  });
}

/** What holds for it as for any delivery, and what does not. */
function rulesOf({ verify, schema, filter, dedupe, limits }: NonNullable<InputEntry["webhook"]>): string {
  const rules = Object.entries({ schema, filter, dedupe, limits }).flatMap(([word, rule]) =>
    rule ? [word] : [],
  );
  const judged =
    rules.length > 0
      ? `The input’s ${rules.join(", ")} ${rules.length > 1 ? "hold" : "holds"} as for any delivery. `
      : "";
  return verify ? `${judged}It needs no signature, since it comes from you.` : judged;
}

function notHere(context: ConsoleContext) {
  return troublePage(
    context,
    404,
    "There is nothing to try here",
    "No workflow of this name is deployed to this stage, or it has neither a webhook nor a schedule: what starts it brings its events. On a laptop, hookline trigger does.",
  );
}
