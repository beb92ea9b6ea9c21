import { globSync, readFileSync, statSync } from "node:fs";
import { join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type DocPage, docPages, REPOSITORY, readPage } from "../support/doc-pages.ts";

/** Links of a page that lead nowhere within the repository: to no file, or to no heading of it. */
function deadLinks({ path, links, anchors }: DocPage): readonly string[] {
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [to = "", anchor] = link.split("#");
    const file = to === "" ? path : normalize(join(path, "..", to));
    if (file !== path && !isFile(file)) return true;
    const known = file === path ? anchors : docPages.find((page) => page.path === file)?.anchors;
    return anchor !== undefined && known?.has(anchor) !== true;
  });
}

function isFile(path: string): boolean {
  return statSync(join(REPOSITORY, path), { throwIfNoEntry: false })?.isFile() === true;
}

/** Files of the repository that a page speaks of without a link. */
const namedFiles = ({ prose }: DocPage) =>
  [
    ...prose.matchAll(
      /(?<![\w/.-])(?:docs|functions|infra|lib|test|templates)(?:\/[\w.-]+)+\.(?:md|ts|yaml|json|sh)\b/g,
    ),
  ].map(([file]) => file);

test.each(docPages)("$path leads nowhere in vain", (page) => {
  expect(deadLinks(page)).toEqual([]);
});

// What the changelog names was there when it was written.
test.each(docPages.filter(({ path }) => path !== "CHANGELOG.md"))(
  "$path names files that are there",
  (page) => {
    expect(namedFiles(page).filter((file) => !isFile(file))).toEqual([]);
  },
);

test("what the code says of pages is there", () => {
  const sources = globSync("{functions,infra,lib,templates,workflows}/**/*.{ts,yaml}", { cwd: REPOSITORY });
  const named = sources.flatMap((path) => {
    const text = readFileSync(join(REPOSITORY, path), "utf8");
    return [...text.matchAll(/\bdocs\/[\w/-]+\.(?:md|json)\b/g)].map(([page]) => ({ path, page }));
  });
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ page }) => !isFile(page))).toEqual([]);
});

test("every page is found from docs/README.md", () => {
  const reachable = new Set(["docs/README.md"]);
  for (const path of reachable) {
    const page = docPages.find((one) => one.path === path);
    for (const link of page?.links ?? [])
      if (/\.md(#|$)/.test(link)) reachable.add(normalize(join(path, "..", link.replace(/#.*/, ""))));
  }
  expect(docPages.map(({ path }) => path).filter((path) => !reachable.has(path))).toEqual([]);
});

describe("dead links", () => {
  const page = (text: string) => deadLinks(readPage("docs/page.md", `# A page, of its own\n\n${text}\n`));
  test.each([
    ["a file that is there", "[x](../README.md)", []],
    ["a heading of this page", "[x](#a-page-of-its-own)", []],
    ["a heading of another page", "[x](webhooks.md#who-may-call)", []],
    ["another site", "[x](https://example.com/y)", []],
    ["what stands in code", "`[x](y.md)`", []],
    ["a file that is not there", "[x](nowhere.md)", ["nowhere.md"]],
    ["a folder, which the site has no page for", "[x](alarms/)", ["alarms/"]],
    ["a heading that this page has not", "[x](#other)", ["#other"]],
    ["a heading that the other page has not", "[x](webhooks.md#other)", ["webhooks.md#other"]],
  ])("are told of: %s", (_what, text, dead) => {
    expect(page(text)).toEqual(dead);
  });
});
