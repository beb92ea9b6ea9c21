import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { FlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { caseYaml } from "./case-yaml.ts";

/**
 * The text of a test file with one case more, everything else as it stands, comments too; a new file when there is none.
 * @throws FlowError `invalid_input` for a file to whose cases nothing can be added.
 */
export function appendCase(
  text: string | undefined,
  file: string,
  content: JsonObject,
  comment: string,
): string {
  if (text === undefined || text.trim() === "") return `cases:\n${caseYaml(content, comment, 2)}\n`;
  const { contents, errors } = parseDocument(text, { prettyErrors: false });
  const cases = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === "cases")?.value
    : undefined;
  const [first] = isSeq(cases) ? cases.items : [];
  if (errors.length > 0 || !isSeq(cases) || cases.flow || !isMap(first) || !cases.range) {
    throw new FlowError(
      "invalid_input",
      `${file} has no list "cases:" of lines that begin with "- ", to which a case could be added`,
    );
  }
  const end = endOfLastLine(text, cases.range[1]);
  const added = caseYaml(content, comment, indentOf(text, cases.range[0]));
  return `${text.slice(0, end)}\n\n${added}\n${text.slice(end).replace(/^\n/, "")}`;
}

/** Blank lines and lines of comment after the last case stay behind the new one. */
function endOfLastLine(text: string, end: number): number {
  const next = text.indexOf("\n", text.slice(0, end).trimEnd().length);
  return next < 0 ? text.length : next;
}

function indentOf(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}
