import { formatProblem } from "../language/problem.ts";
import { failureText } from "./failure-text.ts";
import type { CaseResult } from "./run-test-case.ts";
import type { FileResult } from "./run-test-file.ts";
import { isBroken, type TestReport } from "./test-report.ts";

/** The report as JUnit's XML, which GitHub's and GitLab's viewers read: one suite for each test file. */
export function junitXml({ files, passed, failed, broken, duration_ms }: TestReport): string {
  const head = attributes({
    name: "hookline test",
    tests: passed + failed + broken,
    failures: failed,
    errors: broken,
    time: seconds(duration_ms),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${head}>`,
    ...files.flatMap(suite),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(result: FileResult): readonly string[] {
  const { file, cases } = result;
  const broken = isBroken(result);
  const head = attributes({
    name: file,
    tests: cases.length + (broken ? 1 : 0),
    failures: cases.filter(({ passed }) => !passed).length,
    errors: broken ? 1 : 0,
    time: seconds(cases.reduce((sum, one) => sum + one.duration_ms, 0)),
  });
  return [
    `  <testsuite${head}>`,
    ...(broken ? brokenFile(result) : []),
    ...cases.flatMap((one) => testCase(one, result)),
    "  </testsuite>",
  ];
}

function brokenFile({ file, problems }: FileResult): readonly string[] {
  const message = problems.find(({ severity }) => severity === "error")?.message ?? "";
  const text = problems.map(formatProblem).join("\n\n");
  return [
    `    <testcase${attributes({ name: file, classname: file, file, time: "0" })}>`,
    `      <error${attributes({ message, type: "file" })}>${escapeXml(text)}</error>`,
    "    </testcase>",
  ];
}

function testCase(one: CaseResult, { file, workflow }: FileResult): readonly string[] {
  const head = attributes({
    name: one.name,
    classname: workflow ?? file,
    file,
    line: one.line,
    time: seconds(one.duration_ms),
  });
  if (one.passed) return [`    <testcase${head}/>`];
  const what = one.failures.map(({ what: name }) => name).join(", ");
  const text = one.failures.map((failure) => failureText(failure, file)).join("\n");
  return [
    `    <testcase${head}>`,
    `      <failure${attributes({ message: what, type: "expectation" })}>${escapeXml(text)}</failure>`,
    "    </testcase>",
  ];
}

function attributes(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replaceAll("\n", "&#10;")}"`)
    .join("");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(4);
}

/** What XML 1.0 has no place for, not even escaped, becomes the replacement character. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
