import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { diffWorkflows } from "../../lib/app/diff-workflows.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";

function workflow(steps: readonly string[], more = ""): Workflow {
  const text = `name: w\n${more}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;
  const { workflow: loaded, problems } = loadWorkflow(text, "w.yaml");
  if (!loaded) throw new Error(problems.map(({ message }) => message).join("; "));
  return loaded;
}

/** The changes of steps in one line each. */
const changes = (before: readonly string[], after: readonly string[]): readonly string[] =>
  diffWorkflows(workflow(before), workflow(after)).steps.map(({ kind, step, path, from, fields = [] }) =>
    [kind, step, from === undefined ? path : `${from} -> ${path}`, ...fields.map(({ field }) => field)].join(
      " ",
    ),
  );

const call = (name: string, more = "") =>
  `{ type: http_call, url: "https://a.test/${name}", output_to: ${name}${more} }`;
const print = (text: string, more = "") => `{ type: print, text: ${text}${more} }`;

describe("what differs between two versions", () => {
  test("is nothing where only comments, layout and lines do", () => {
    expect(
      diffWorkflows(workflow([call("a"), print("x")]), workflow([call("a"), print("x")], "# a remark\n\n")),
    ).toEqual({
      settings: [],
      steps: [],
    });
  });

  test("a step put in front of others is one that was added, and no other has changed", () => {
    expect(changes([print("a"), print("b")], [print("new"), print("a"), print("b")])).toEqual([
      "added print 0",
    ]);
    expect(changes([print("new"), print("a"), print("b")], [print("a"), print("b")])).toEqual([
      "removed print 0",
    ]);
  });

  test("a changed step is told field by field, in the file's spelling", () => {
    const [change] = diffWorkflows(
      workflow([call("a", ", retries: 1, headers: { x: '1', y: '2' }")]),
      workflow([call("a", ", retries: 3, headers: { x: '1', y: '3' }, timeout: 5")]),
    ).steps;
    expect(change).toEqual({
      kind: "changed",
      step: "http_call",
      path: "0",
      fields: [
        { field: "timeout_seconds", before: 30, after: 5 },
        { field: "retries", before: 1, after: 3 },
        { field: "headers.y", before: "2", after: "3" },
      ],
    });
  });

  test("a step is known again by its id, name or result, though its content changed", () => {
    expect(changes([print("a", ", id: hello"), print("b")], [print("b"), print("c", ", id: hello")])).toEqual(
      ['moved print "hello" 0 -> 1', 'changed print "hello" 1 text'],
    );
    expect(
      changes(
        [print("a", ", name: Greet"), print("b")],
        [print("z"), print("y", ", name: Greet"), print("b")],
      ),
    ).toEqual(["added print 0", 'changed print "Greet" 1 text']);
    expect(changes([call("a"), call("b")], [call("b", ", method: POST"), call("a")])).toEqual([
      "changed http_call 0 method",
      "moved http_call 0 -> 1",
    ]);
  });

  test("of steps in another order as few as possible have moved", () => {
    const steps = ["a", "b", "c", "d", "e"].map((name) => call(name));
    const [a, b, c, d, e] = steps as [string, string, string, string, string];
    expect(changes(steps, [e, a, b, c, d])).toEqual(["moved http_call 4 -> 0"]);
  });

  test("a step that goes into a branch has moved; what is inside a loop that moved has not", () => {
    const branch = (inner: string) =>
      `{ type: if_else, if: { conditions: [{ field: a, op: exists }], steps: [${inner}] } }`;
    expect(changes([call("a"), branch(print("x"))], [branch(`${print("x")}, ${call("a")}`)])).toEqual([
      "moved http_call 0 -> 0.if.1",
    ]);
    const loop = `{ type: for_each, input_from: ids, steps: [${call("in")}] }`;
    expect(changes([loop, print("x"), print("y")], [print("x"), print("y"), loop])).toEqual([
      "moved for_each 0 -> 2",
    ]);
  });

  test("settings beside the steps are told too", () => {
    const { settings } = diffWorkflows(
      workflow([print("x")], "timeout: 60"),
      workflow(
        [print("x")],
        "timeout: 90\ninput: { type: http_webhook, verify: github }\nenvironment: [REGION]",
      ),
    );
    expect(settings.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["input.verify", "timeout_seconds", "environment.REGION"]),
    );
  });

  test("whatever was changed: old steps are kept or removed, new ones kept or added, and a way back is as long", () => {
    const steps = fc.array(fc.constantFrom(print("a"), print("b"), call("c"), call("d", ", id: own")), {
      maxLength: 6,
    });
    const valid = steps.filter((list) => list.length > 0 && new Set(list).size === list.length);
    fc.assert(
      fc.property(valid, valid, (before, after) => {
        const forth = diffWorkflows(workflow(before), workflow(after)).steps;
        const back = diffWorkflows(workflow(after), workflow(before)).steps;
        const count = (list: typeof forth, kind: string) => list.filter((one) => one.kind === kind).length;
        expect(after.length - before.length).toBe(count(forth, "added") - count(forth, "removed"));
        expect(count(back, "removed")).toBe(count(forth, "added"));
        expect(count(back, "moved")).toBe(count(forth, "moved"));
      }),
      { numRuns: 100 },
    );
  });
});
