import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { assetUrl } from "./assets.ts";
import type { ConsoleContext } from "./console-app.ts";
import type { Html } from "./parts/html.ts";

/** What a page is made of. */
export interface PageContent {
  /** Of the window; the console's name and the stage follow it. */
  readonly title: string;
  /** Everything of the page but what all pages have. */
  readonly main: Html;
  /** Which part of the navigation it belongs to: a path of {@link SECTIONS}. */
  readonly section?: string;
  /** Seconds after which the page asks what is new; absent: nothing here changes by itself. */
  readonly refreshSeconds?: number | undefined;
  readonly status?: ContentfulStatusCode;
}

/** The parts of the console, in the order of the navigation. */
const SECTIONS = [
  { path: "/", name: "Overview" },
  { path: "/runs", name: "Runs" },
  { path: "/workflows", name: "Workflows" },
  { path: "/deliveries", name: "Deliveries" },
  { path: "/dead-letters", name: "Dead letters" },
] as const;

/** Header by which the script asks for a page's own part alone. */
export const FRAGMENT_HEADER = "x-hookline-fragment";

/** Answers with a page; with its main part alone where the script asks for what is new. */
export function answerPage(context: ConsoleContext, page: PageContent): Response | Promise<Response> {
  const status = page.status ?? 200;
  if (context.req.header(FRAGMENT_HEADER) === undefined)
    return context.html(wholePage(context, page), status);
  return context.html(mainPart(page), status);
}

function mainPart({ main, refreshSeconds }: PageContent): Html {
  const refresh = refreshSeconds === undefined ? "" : html` data-refresh="${refreshSeconds}"`;
  return html`<main id="main" tabindex="-1"${refresh}>${main}</main>`;
}

function wholePage(context: ConsoleContext, page: PageContent): Html {
  const visitor = context.get("visitor");
  const stage = context.get("stage").name;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Hookline ${stage}</title>
<link rel="stylesheet" href="${assetUrl("console.css")}">
<link rel="icon" href="${assetUrl("icon.svg")}" type="image/svg+xml">
<script type="module" src="${assetUrl("console.js")}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img src="${assetUrl("icon.svg")}" alt="" width="20" height="20">Hookline</a>
<span class="stage" title="Stage">${stage}</span>
${visitor ? html`<nav aria-label="Console">${SECTIONS.map((section) => sectionLink(section, page.section))}</nav>` : ""}
${visitor?.signedIn ? html`<form class="sign-out" method="post" action="/sign-out"><span class="quiet">${visitor.name === undefined ? "" : `${visitor.name}, `}${visitor.right === "act" ? "may act" : "read only"}</span><button type="submit">Sign out</button></form>` : ""}
</header>
${mainPart(page)}
<p id="announcement" class="unseen" role="status" aria-live="polite"></p>
</body>
</html>`;
}

function sectionLink({ path, name }: (typeof SECTIONS)[number], current: string | undefined): Html {
  return html`<a href="${path}"${path === current ? html` aria-current="page"` : ""}>${name}</a>`;
}
