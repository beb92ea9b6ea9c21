import { html } from "hono/html";
import type { VersionNumbers } from "../../app/compare-versions.ts";
import { duration } from "../../core/duration.ts";
import type { KeptVersion } from "../../core/ports/run-store.ts";
import { type Split, shareOfVersion } from "../../core/split.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Html } from "./html.ts";
import { counted, money, plain, when } from "./measures.ts";
import { queryLink } from "./query-link.ts";

/** What the table is made of. */
export interface VersionList {
  /** The newest first. */
  readonly versions: readonly KeptVersion[];
  readonly deployed: Workflow;
  /** The hash of the one that is looked at. */
  readonly shown: string;
  readonly split: Split | undefined;
  readonly numbers: ReadonlyMap<string, VersionNumbers>;
  /** What the numbers are of. */
  readonly about: string;
}

const MOST_VERSIONS = 20;

/** The versions of a workflow, who gets the events, and how the runs of each went. */
export function versionTable(list: VersionList): Html {
  const { versions, about } = list;
  const more = versions.length - MOST_VERSIONS;
  return html`<h2>${counted(versions.length, "version")}</h2>
<table class="list numbers"><caption>${about}</caption>
<thead><tr><th scope="col">Version</th><th scope="col" class="wide">Kept since</th><th scope="col" class="number">Events</th><th scope="col" class="number">Runs</th><th scope="col" class="number">Failed</th><th scope="col" class="number wide">Median</th><th scope="col" class="number wide">95 %</th><th scope="col" class="number">A run</th></tr></thead>
<tbody>${versions.slice(0, MOST_VERSIONS).map((one) => rowOf(one, list))}</tbody></table>
${more > 0 ? html`<p class="quiet">And ${more} more: <code>hookline versions ${list.deployed.name}</code> lists them.</p>` : ""}`;
}

/** Who gets the events, where that is not the deployed version alone. */
export function splitNote({ kind, base, version, percent, at, by }: Split): Html {
  const [shared, rest] = [version, base].map((hash) => html`<code>${hash.slice(0, 12)}</code>`);
  const what =
    kind === "rollback"
      ? html`Rolled back: new runs are of ${rest} instead of ${shared}, which is deployed.`
      : html`In rollout: ${shared} gets ${percent} % of the events, ${rest} the others.`;
  return html`<p class="notice">${what} ${when(at)}, by ${by}.</p>`;
}

function rowOf({ hash, label, keptAt }: KeptVersion, list: VersionList): Html {
  const { deployed, shown, split, numbers } = list;
  const share = shareOfVersion(hash, deployed.hash, split);
  const found = numbers.get(hash);
  const link = queryLink(`/workflows/${deployed.name}`, { version: hash.slice(0, 12) });
  return html`<tr><th scope="row"><a href="${link}"${hash === shown ? html` aria-current="true"` : ""}>${label === undefined ? "" : html`<strong>${label}</strong> `}<code>${hash.slice(0, 12)}</code></a>${hash === deployed.hash ? html` <span class="quiet">deployed</span>` : ""}</th>
<td class="wide">${when(keptAt)}</td><td class="number">${share === 0 ? "" : `${share} %`}</td>
<td class="number">${plain(found?.runs ?? 0)}</td><td class="number${found?.failed ? " bad" : ""}">${found ? plain(found.failed) : ""}</td>
<td class="number wide">${found?.p50Ms === undefined ? "" : duration(found.p50Ms)}</td><td class="number wide">${found?.p95Ms === undefined ? "" : duration(found.p95Ms)}</td>
<td class="number">${found ? money(found.meanUsd) : ""}</td></tr>`;
}
