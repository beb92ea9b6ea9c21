import { existsSync, readFileSync } from "node:fs";

import { describe, expect, test } from "@jest/globals";
import { stepTable } from "../lib/language/reference/step-table.ts";
import { stepTypes } from "../lib/steps/registry.ts";
import { readSources, type SourceFile } from "./support/source-imports.ts";

const INNER = ["lib/core", "lib/steps", "lib/webhooks", "lib/language", "lib/engine", "lib/app"];

/** Which folders each folder may import beside itself. biome.json says the same to the editor. */
const LAYERS: { readonly [folder: string]: readonly string[] } = {
  "lib/core": [],
  "lib/steps": ["lib/core"],
  "lib/webhooks": ["lib/core"],
  "lib/language": ["lib/steps", "lib/webhooks", "lib/core"],
  "lib/engine": ["lib/steps", "lib/core"],
  "lib/app": ["lib/engine", "lib/language", "lib/steps", "lib/webhooks", "lib/core"],
  "lib/adapters": ["lib/core"],
  "lib/build": ["lib/language", "lib/core"],
  "lib/console": INNER,
  functions: ["lib/adapters", "lib/console", ...INNER],
  "lib/testing": ["lib/adapters", "lib/build", ...INNER],
  "lib/local": ["functions", "lib/adapters", "lib/build", ...INNER],
  "lib/cli": ["functions", "lib/adapters", "lib/build", "lib/local", "lib/testing", ...INNER],
  infra: ["lib/core"],
};

/** The only packages that the inner folders may import; the others may import any. */
const PACKAGES: { readonly [folder: string]: readonly string[] } = {
  "lib/core": ["zod", "re2js"],
  "lib/steps": ["zod", "@cfworker/json-schema"],
  "lib/webhooks": ["zod", "node:crypto", "jose"],
  "lib/language": ["zod", "yaml", "node:crypto"],
  "lib/engine": ["node:crypto"],
  "lib/app": ["node:crypto", "aws-lambda"],
  "lib/console": [
    "hono",
    "hono/body-limit",
    "hono/compress",
    "hono/cookie",
    "hono/html",
    "hono/secure-headers",
    "hono/utils/http-status",
    "node:crypto",
    "node:fs",
    "node:url",
    "aws-lambda",
  ],
};

const sources = readSources(["lib", "functions", "infra"]);

function folderOf(path: string): string {
  return path.startsWith("lib/") ? path.split("/").slice(0, 2).join("/") : (path.split("/")[0] ?? "");
}

describe("imports", () => {
  test("every folder has its place in the table", () => {
    expect(
      [...new Set(sources.map(({ path }) => folderOf(path)))].filter((folder) => !(folder in LAYERS)),
    ).toEqual([]);
  });

  test("point one way: each folder imports only what the table allows", () => {
    const wrong = sources.flatMap(({ path, files }) => {
      const folder = folderOf(path);
      const allowed = [folder, ...(LAYERS[folder] ?? [])];
      return files
        .filter((file) => !allowed.includes(folderOf(file)))
        .map((file) => `${path} imports ${file}`);
    });
    expect(wrong).toEqual([]);
  });

  test("inner folders know no package but the few of the table", () => {
    const wrong = sources.flatMap(({ path, packages }) => {
      const allowed = PACKAGES[folderOf(path)];
      return packages
        .filter((name) => allowed !== undefined && !allowed.includes(name))
        .map((name) => `${path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  test("form no cycle", () => {
    expect(findCycle(sources)).toBeUndefined();
  });
});

test("inner folders read no clock, draw no chance, start no timer and touch no process: all of it comes through ports", () => {
  const outside =
    /\b(?:Date\.now|performance\.now|Math\.random|randomUUID|randomBytes|setTimeout|setInterval|fetch)\(|\bnew Date\(\)|\bprocess\.[a-z]/;
  const wrong = sources.filter(({ path, text }) => INNER.includes(folderOf(path)) && outside.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

describe("files", () => {
  test("are named in kebab-case, none index, and stand in folders that are nouns of the domain", () => {
    const vague = /^(?:index|utils?|helpers?|common|shared|misc|manager|base|types|impl)$/;
    const wrong = sources.filter(({ path }) => {
      const names = path.replace(/(?:\.test)?\.m?ts$/, "").split("/");
      return names.some((name) => vague.test(name) || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name));
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("export by name, never a default, and re-export nothing", () => {
    const wrong = sources.filter(({ text }) => /^export (?:default\b|\*|\{[^}]*\} from\b)/m.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("are short: half of those in lib have at most 70 lines, half of the functions at most 60", () => {
    expect(medianLines("lib/")).toBeLessThanOrEqual(70);
    expect(medianLines("functions/")).toBeLessThanOrEqual(60);
  });
});

describe.each([...stepTypes])("step %s has one name", (type, step) => {
  const kebab = type.replaceAll("_", "-");
  const camel = type.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

  test("in its file and its export", () => {
    const file = sources.find(({ path }) => path === `lib/steps/${kebab}.ts`);
    expect(file?.text).toContain(`export const ${camel} = `);
    expect(step.type).toBe(type);
  });

  test("in the language's tests", () => {
    expect(existsSync(new URL(`language/${kebab}.yaml`, import.meta.url))).toBe(true);
  });

  test("in the README's table", () => {
    expect(readmeTable()).toContain(`| [\`${type}\`](docs/steps/${type}.md) |`);
  });
});

test("the README's table of steps is the one that the registry makes", () => {
  expect(readmeTable()).toBe(stepTable(stepTypes, "docs/steps/").trim());
});

/** What stands between the markers, npm run reference writes it. */
function readmeTable(): string {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  return (
    /<!-- steps -->([\s\S]*?)<!-- \/steps -->/.exec(readme)?.[1] ?? "no table between its markers"
  ).trim();
}

function medianLines(prefix: string): number {
  const counts = sources
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ text }) => text.split("\n").length - 1);
  return counts.sort((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0;
}

/** The files of one cycle, in order; undefined when there is none. */
function findCycle(files: readonly SourceFile[]): readonly string[] | undefined {
  const imports = new Map(files.map((file) => [file.path, file.loads]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}
