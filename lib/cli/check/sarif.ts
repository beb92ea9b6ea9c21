import { createHash } from "node:crypto";
import { isAbsolute, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { ruleTexts } from "../../language/check/rule-texts.ts";
import type { Problem } from "../../language/problem.ts";

const LEVELS = { error: "error", warning: "warning", note: "note" } as const;

/**
 * Problems in SARIF 2.1.0 as code scanning reads it: paths relative to the working folder, columns in UTF-16 units, and a
 * fingerprint for each result that does not change when lines move.
 */
export function sarifOf(problems: readonly Problem[], version: string): object {
  const used = ruleTexts();
  const rules = used.map(({ id, severity, summary, why }) => ({
    id,
    name: id,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: `${summary}. ${why}`, markdown: `**${summary}.** ${why}` },
    defaultConfiguration: { level: LEVELS[severity] },
  }));
  const seen = new Map<string, number>();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "hookline", version, rules } },
        columnKind: "utf16CodeUnits",
        results: problems.map((problem) => {
          const ruleIndex = used.findIndex(({ id }) => id === problem.id);
          return { ...resultOf(problem, seen), ...(ruleIndex >= 0 && { ruleIndex }) };
        }),
      },
    ],
  };
}

function resultOf(problem: Problem, seen: Map<string, number>) {
  const { id, severity, file, line, column, message, hint } = problem;
  const uri = uriOf(file);
  return {
    ruleId: id,
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}. ${hint}` },
    locations: [
      { physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } } },
    ],
    // The one name that GitHub reads.
    partialFingerprints: { primaryLocationLineHash: fingerprint(problem, uri, seen) },
  };
}

/** The rule, the file and the line's own text; the third equal one in a file is told from the second by its number. */
function fingerprint({ id, frame }: Problem, uri: string, seen: Map<string, number>): string {
  const line = /^> *\d+ \| ?(.*)$/m.exec(frame)?.[1]?.trim() ?? "";
  const key = JSON.stringify([id, uri, line]);
  const count = (seen.get(key) ?? 0) + 1;
  seen.set(key, count);
  return `${createHash("sha256").update(key).digest("hex").slice(0, 32)}:${count}`;
}

function uriOf(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  if (path.startsWith("..") || isAbsolute(path)) return pathToFileURL(file).href;
  return path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}
