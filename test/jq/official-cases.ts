/** One case of jq's own test files. */
export interface OfficialCase {
  /** `jq.test:120`, the line of the program. */
  readonly at: string;
  readonly program: string;
  /** JSON text; absent where the program must not compile. */
  readonly input?: string;
  /** JSON texts of the results, or the lines of the message. */
  readonly expected: readonly string[];
  /** The message is part of the case. */
  readonly checksMessage: boolean;
}

/** Reads a test file as jq does: groups of lines between empty lines and comments, `%%FAIL` before programs that must not compile. */
export function readOfficialCases(name: string, text: string): readonly OfficialCase[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const isSkipped = (line: string | undefined) => line === undefined || /^[ \t]*(#|$)/.test(line);
  const cases: OfficialCase[] = [];
  let mark: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const program = lines[at] ?? "";
    if (isSkipped(program)) continue;
    if (program.startsWith("%%FAIL")) {
      mark = program;
      continue;
    }
    const end =
      at +
      1 +
      lines
        .slice(at + 1)
        .concat("")
        .findIndex(isSkipped);
    const rest = lines.slice(at + 1, end);
    cases.push(
      mark === undefined
        ? {
            at: `${name}:${at + 1}`,
            program,
            input: rest[0] ?? "",
            expected: rest.slice(1),
            checksMessage: false,
          }
        : { at: `${name}:${at + 1}`, program, expected: rest, checksMessage: mark !== "%%FAIL IGNORE MSG" },
    );
    mark = undefined;
    at = end;
  }
  return cases;
}
