import { Document, isScalar, type ScalarTag, visit } from "yaml";
import { type ExactNumber, formatJson, isExactNumber, type Json, type JsonObject } from "../../core/json.ts";

/** Numbers that no double holds are written digit by digit. */
const exactNumber: ScalarTag = {
  identify: isExactNumber,
  default: true,
  tag: "tag:yaml.org,2002:float",
  test: /^(?!)/,
  resolve: (text) => text,
  stringify: ({ value }) => (value as ExactNumber).rawJSON,
};

/** A case as an item of the list `cases`, indented by `indent` spaces, comment lines above it. */
export function caseYaml(content: JsonObject, comment: string, indent: number): string {
  const document = new Document([content], {
    version: "1.2",
    schema: "core",
    customTags: [exactNumber],
    aliasDuplicateObjects: false,
  });
  visit(document, {
    // Line breaks at the end of a block of text would run into what is added behind it.
    Scalar(_, node) {
      if (typeof node.value === "string" && node.value.endsWith("\n")) node.type = "QUOTE_DOUBLE";
    },
    Map(_, node) {
      node.flow = node.items.some(({ key }) => isScalar(key) && String(key.value).startsWith("$"));
    },
  });
  const text = document.toString({ lineWidth: 0 });
  const lines = [...comment.split("\n").map((line) => `# ${line}`), ...text.trimEnd().split("\n")];
  return lines.map((line) => (line === "" ? line : " ".repeat(indent) + line)).join("\n");
}

/** True for a value with a key that no YAML file of ours may have. */
export function hasRefusedKey(value: Json): boolean {
  return /"__proto__":/.test(formatJson(value));
}
