import { html } from "hono/html";
import { compareVersions } from "../../app/compare-versions.ts";
import { findVersion } from "../../app/find-version.ts";
import { knownVersions } from "../../app/known-versions.ts";
import { DAY_MS } from "../../app/timings.ts";
import type { KeptVersion } from "../../core/ports/run-store.ts";
import { splitOf } from "../../core/split.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { AddPage } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import { changelogList } from "../parts/changelog-list.ts";
import { facts } from "../parts/facts.ts";
import { filterForm } from "../parts/filter-form.ts";
import type { Html } from "../parts/html.ts";
import { inputFacts } from "../parts/input-facts.ts";
import { counted } from "../parts/measures.ts";
import { queryLink } from "../parts/query-link.ts";
import { sourceLines } from "../parts/source-lines.ts";
import { splitNote, versionTable } from "../parts/version-table.ts";
import { workflowChanges } from "../parts/workflow-changes.ts";
import { servedWorkflows } from "../served-workflows.ts";
import { troublePage } from "../trouble.ts";

const HASH = /^[0-9a-f]{8,64}$/;
const SHORT_HASH = 12;
/** A page must stay quick where a workflow has many runs. */
const COMPARED_RUNS = 200;

/** One workflow: what starts it, its file, its versions; of two versions, what differs. */
export const addWorkflowPage: AddPage = (app, stage) => {
  const { operator } = stage;
  app.get("/workflows/:name", async (context) => {
    const name = servedWorkflows(stage).find((one) => one === context.req.param("name"));
    const current = name === undefined ? undefined : operator.catalog.current(name);
    if (name === undefined || !current)
      return troublePage(context, 404, "There is no such workflow", "It is not deployed to this stage.");
    const split = splitOf(await stage.splits.read(), current);
    const versions = await knownVersions(operator.store, current);
    const versionOf = async (wanted = current.hash) => {
      const hash = HASH.test(wanted) ? versions.find((one) => one.hash.startsWith(wanted))?.hash : undefined;
      return hash === undefined ? undefined : findVersion(operator, name, hash);
    };
    const shown = await versionOf(context.req.query("version"));
    const other = await versionOf(context.req.query("to"));
    if (!shown || !other)
      return troublePage(
        context,
        404,
        "There is no such version",
        "Versions that were deployed are kept; this is none of them.",
      );
    const { description, file, source } = shown;
    const isCompared = shown.hash !== other.hash;
    const choice = versions.length > 1 ? choiceOfTwo(versions, shown, other) : "";
    const now = operator.clock.now();
    const numbers = await compareVersions(operator.store, name, {
      since: now - 7 * DAY_MS,
      now,
      limit: COMPARED_RUNS,
    });
    return answerPage(context, {
      title: name,
      section: "/workflows",
      main: html`<h1>${name}</h1>
${description === undefined ? "" : html`<p>${description}</p>`}
<p><a href="${queryLink("/", { workflow: name })}">Numbers</a> · <a href="${queryLink("/runs", { workflow: name })}">Runs</a>${current.input.type === "http_webhook" ? html` · <a href="${queryLink("/deliveries", { workflow: name })}">Deliveries</a> · <a href="/workflows/${name}/test">Send a test event</a>` : current.input.type === "cron" ? html` · <a href="/workflows/${name}/test">Run now</a>` : ""} · <a href="/workflows/${name}/check">Check</a></p>
${split ? splitNote(split) : ""}
${isCompared ? changesCard(shown, other, current, choice) : ""}
<section class="card" aria-label="Facts">${facts([
        ["Version", html`${shown.version ?? ""} <code>${shown.hash.slice(0, 12)}</code>`],
        ["Stages", shown.stages?.join(", ") ?? "all"],
        ...inputFacts(shown, stage.name),
        ["Reads", namesOf(shown)],
        ["History kept", counted(shown.history.retentionDays, "day")],
      ])}${commands(shown, stage.name)}</section>
${changelogList(shown.changelog)}
${source === undefined ? html`<p class="empty">The text of this version’s file was not kept.</p>` : sourceLines({ file, text: source })}
${versionTable({
  versions,
  deployed: current,
  shown: shown.hash,
  split,
  numbers,
  about: `The latest ${COMPARED_RUNS} runs at most that have ended in the last 7 days`,
})}${isCompared ? "" : choice}`,
    });
  });
};

/** The names that its runs look for a value of. Whether secrets have one, only those know who may read them. */
function namesOf({ environment }: Workflow): Html | undefined {
  if (environment.length === 0) return undefined;
  return html`${environment.map(({ name, secret }) => html`<code>${name}</code>${secret ? " (secret)" : ""} `)}`;
}

/** What the terminal is for: URL and values of secrets are not to be seen here. */
function commands({ name, environment, input }: Workflow, stage: string): Html {
  const there = stage === "local" ? "" : ` --stage ${stage}`;
  const webhook =
    input.type === "http_webhook"
      ? html`<code>hookline url ${name}${there}</code> prints the webhook’s URL, which is a secret. `
      : "";
  const secrets = environment.some(({ secret }) => secret)
    ? html`<code>hookline secrets list --missing${there}</code> says which secrets have no value.`
    : "";
  return html`<p class="quiet">${webhook}${secrets}</p>`;
}

/** Asks for what differs between two versions. */
function choiceOfTwo(versions: readonly KeptVersion[], shown: Workflow, other: Workflow): Html {
  const options = versions.map(({ hash, label }) => {
    const short = hash.slice(0, SHORT_HASH);
    return [short, label === undefined ? short : `${label} ${short}`] as const;
  });
  return filterForm(`/workflows/${shown.name}`, [
    { name: "version", label: "What differs from version", options, value: shown.hash.slice(0, SHORT_HASH) },
    { name: "to", label: "to version", options, value: other.hash.slice(0, SHORT_HASH) },
  ]);
}

function changesCard(shown: Workflow, other: Workflow, current: Workflow, choice: Html): Html {
  const isToday = other.hash === current.hash;
  const link = isToday
    ? `/workflows/${other.name}`
    : queryLink(`/workflows/${other.name}`, { version: other.hash.slice(0, SHORT_HASH) });
  return html`<section class="card" aria-labelledby="changes-title"><h2 id="changes-title">From this version to ${isToday ? "today’s" : "another"}</h2>${choice}<p>${isToday ? "Deployed is" : "The other is"} <a href="${link}">version <code>${other.hash.slice(0, SHORT_HASH)}</code></a>.</p>${workflowChanges(shown, other)}</section>`;
}
