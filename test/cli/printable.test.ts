import { describe, expect, test } from "@jest/globals";
import { printable, printableLine } from "../../lib/cli/printable.ts";

describe("text of strangers on a terminal", () => {
  test.each([
    ["\u001b[2Jgone", "\\u001b[2Jgone"],
    ["\u009b31m\u007f\u0007\r", "\\u009b31m\\u007f\\u0007\\u000d"],
    ["tab\tline\nGrüße ✓ 👋", "tab\tline\nGrüße ✓ 👋"],
  ])("%j is shown as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test("fits into one line of a table", () => {
    expect(printableLine("a\r\n  b\u001b[m")).toBe("a b\\u001b[m");
  });
});
