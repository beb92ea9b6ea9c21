import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { headingSlug } from "../../docs/.vitepress/heading-slug.ts";

/** A fenced block of a page. */
export interface DocBlock {
  /** What stands behind the fence, e.g. `yaml`; empty where nothing does. */
  readonly language: string;
  readonly text: string;
  /** `page:line` of its first line. */
  readonly place: string;
}

/** A page of the documentation, as its readers find it in the repository. */
export interface DocPage {
  /** Relative to the repository. */
  readonly path: string;
  readonly blocks: readonly DocBlock[];
  /** The text without its fenced blocks. */
  readonly prose: string;
  /** Where its links lead, as written. */
  readonly links: readonly string[];
  /** Anchors of its headings. */
  readonly anchors: ReadonlySet<string>;
}

/** The repository's folder. */
export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Every page that people read: those at the top, and all of `docs/`. */
export const docPages: readonly DocPage[] = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"]
  .concat(globSync("docs/**/*.md", { cwd: REPOSITORY }))
  .map((path) => readPage(path, readFileSync(`${REPOSITORY}/${path}`, "utf8")));

/** A page of this text. */
export function readPage(path: string, text: string): DocPage {
  const blocks: DocBlock[] = [];
  const prose = text.replace(
    /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm,
    (_all, indent: string, language: string, code: string, at: number) => {
      const line = text.slice(0, at).split("\n").length + 1;
      blocks.push({ language, text: code.replaceAll(`\n${indent}`, "\n"), place: `${path}:${line}` });
      return "";
    },
  );
  const links = [...prose.replace(/`[^`\n]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)];
  return { path, blocks, prose, links: links.map(([, to = ""]) => to), anchors: anchorsOf(prose) };
}

function anchorsOf(prose: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^#{1,6} (.*)$/gm)) {
    const slug = headingSlug(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"));
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy++) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
}
