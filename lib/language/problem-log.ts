import { blankSecrets, type FoundSecret, findSecrets, withoutSecret } from "./check/secrets/find-secrets.ts";
import { codeFrame } from "./code-frame.ts";
import type { LoaderRule } from "./loader-rules.ts";
import type { Fix, Problem } from "./problem.ts";

/** More than this many problems of one file are counted, not shown. */
const MOST_SHOWN = 100;

/** Something found at an offset into a file's text, in UTF-16 code units. */
export interface Finding extends Pick<Problem, "id" | "severity" | "message"> {
  readonly at: number;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
}

/** Collects the problems of one file. Places are offsets into its text, in UTF-16 code units. */
export interface ProblemLog {
  /** The file, without its byte order mark. */
  readonly text: string;
  error(id: LoaderRule, at: number, message: string, hint?: string, fix?: Fix): void;
  warn(id: LoaderRule, at: number, message: string, hint?: string, fix?: Fix): void;
  add(finding: Finding): void;
  /** A fix that writes `to` in the place of `from`; undefined when something else stands there, such as a quote. */
  replacing(at: number, from: string, to: string, title?: string): Fix | undefined;
  /** Takes findings back, and says how many. */
  remove(isRemoved: (finding: Finding) => boolean): number;
  findings(): readonly Finding[];
  /** No problem shows these; known shapes of secrets are never shown. */
  hide(secrets: readonly FoundSecret[]): void;
  /** Errors so far. */
  errorCount(): number;
  /** Line of an offset, from 1. */
  lineOf(at: number): number;
  /** All problems in the order of the file, each once; errors come first where the list is cut. */
  sorted(): readonly Problem[];
}

const SEVERITIES: readonly Problem["severity"][] = ["error", "warning", "note"];

/** A log of the problems of `text`, which messages call `file`. */
export function createProblemLog(text: string, file: string): ProblemLog {
  const starts = lineStarts(text.split("\n"));
  const findings = new Map<string, Finding>();
  let hidden: readonly FoundSecret[] = [];
  let errors = 0;

  function add(finding: Finding): void {
    const key = `${finding.severity} ${finding.at} ${finding.message}`;
    if (findings.has(key)) return;
    findings.set(key, finding);
    if (finding.severity === "error") errors += 1;
  }

  /** How findings are shown: with what must not be read blanked, also where a message repeats it. */
  function shower(): (finding: Finding) => Problem {
    const secrets = [...findSecrets(text), ...hidden].sort((a, b) => a.at - b.at);
    const lines = blankSecrets(text, secrets).split("\n");
    const values = secrets.map(({ at, end }) => text.slice(at, end));
    const said = (words: string) => values.reduce(withoutSecret, words);
    return (finding) => show(finding, lines, said);
  }

  function show(
    { id, severity, at, message, hint, fix }: Finding,
    lines: readonly string[],
    said: (words: string) => string,
  ): Problem {
    const line = lineAt(starts, at);
    const column = at - (starts[line - 1] as number) + 1;
    const frame = codeFrame(lines, line, column);
    return {
      id,
      severity,
      file,
      line,
      column,
      message: said(message),
      ...(hint !== undefined && { hint: said(hint) }),
      frame,
      ...(fix && { fix }),
    };
  }

  return {
    text,
    error: (id, at, message, hint, fix) => add({ id, severity: "error", at, message, hint, fix }),
    warn: (id, at, message, hint, fix) => add({ id, severity: "warning", at, message, hint, fix }),
    add,
    replacing(at, from, to, title = `write ${to}`) {
      const end = at + from.length;
      return text.slice(at, end) === from ? { title, edits: [{ at, end, text: to }] } : undefined;
    },
    remove(isRemoved) {
      const gone = [...findings].filter(([, finding]) => isRemoved(finding));
      for (const [key, { severity }] of gone) {
        findings.delete(key);
        if (severity === "error") errors -= 1;
      }
      return gone.length;
    },
    findings: () => [...findings.values()].sort((a, b) => a.at - b.at),
    hide(secrets) {
      hidden = [...hidden, ...secrets];
    },
    errorCount: () => errors,
    lineOf: (at) => lineAt(starts, at),
    sorted() {
      if (findings.size === 0) return [];
      const shown = shower();
      const byPlace = [...findings.values()].sort((a, b) => a.at - b.at);
      if (byPlace.length <= MOST_SHOWN) return byPlace.map(shown);
      const gravestFirst = SEVERITIES.flatMap((wanted) =>
        byPlace.filter(({ severity }) => severity === wanted),
      );
      const kept = gravestFirst.slice(0, MOST_SHOWN).sort((a, b) => a.at - b.at);
      const { id, severity, at } = kept.at(-1) as Finding;
      const message = `${byPlace.length - MOST_SHOWN} more problems are not shown`;
      return [...kept.map(shown), shown({ id, severity, at, message })];
    },
  };
}

function lineStarts(lines: readonly string[]): readonly number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

/** The last line that starts at or before the offset. */
function lineAt(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
