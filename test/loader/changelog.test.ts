import { expect, test } from "@jest/globals";
import { readChangelog } from "../../lib/language/changelog.ts";

test("the leading comment is the changelog, in its order", () => {
  const text = `# Lead enrichment
#
# v1.2.0 - 2024-11-25
# - ask the model once
#   instead of twice
# - retry on 429

# 1.1.0-beta.1 - 2024-11-01
# - first version
name: a
# v0.1.0 - 2020-01-01
# - not at the head
`;
  expect(readChangelog(text)).toEqual([
    {
      version: "1.2.0",
      date: "2024-11-25",
      changes: ["ask the model once instead of twice", "retry on 429"],
    },
    { version: "1.1.0-beta.1", date: "2024-11-01", changes: ["first version"] },
  ]);
});

const MODELINE = "yaml-language-server: $schema=../docs/workflow.schema.json";

test.each([
  ["first", `# ${MODELINE}\n# v1.0.0 - 2024-11-01\n# - first version\n`],
  ["between versions and changes", `# v1.0.0 - 2024-11-01\n# ${MODELINE}\n# - first version\n`],
  ["last", `# v1.0.0 - 2024-11-01\n# - first version\n# ${MODELINE}\nname: a\n`],
  ["last, indented like a line that goes on", `# v1.0.0 - 2024-11-01\n# - first version\n#   ${MODELINE}\n`],
  ["in front of a line that goes on", `# v1.0.0 - 2024-11-01\n# - first\n#  ${MODELINE}\n#   version\n`],
  ["first, as JetBrains writes it", "# $schema: ../a.json\n# v1.0.0 - 2024-11-01\n# - first version\n"],
  ["last, as JetBrains writes it", "# v1.0.0 - 2024-11-01\n# - first version\n#   $schema: ../a.json\n"],
])("a line that tells editors the schema is no change: %s", (_where, text) => {
  expect(readChangelog(text)).toEqual([{ version: "1.0.0", date: "2024-11-01", changes: ["first version"] }]);
});

test("other comments, and none, are no changelog", () => {
  expect(readChangelog("# - a list\n# of notes\nname: a\n")).toEqual([]);
  expect(readChangelog("name: a\n")).toEqual([]);
});

test("a comment between versions that is no bullet says nothing", () => {
  expect(readChangelog("# v1 - 2024-01-01\n# thanks to all\n# - change\r\n# see the docs\n")).toEqual([
    { version: "1", date: "2024-01-01", changes: ["change"] },
  ]);
});
