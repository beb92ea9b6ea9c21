import { expect, test } from "@jest/globals";
import { ifElse } from "../../lib/steps/if-else.ts";
import { done, runStep, stepContext } from "../support/step-context.ts";

const raw = {
  if: { conditions: [{ field: "a", op: "exists" }] },
  else_if: [{ conditions: [{ field: "b", op: "exists" }] }],
  else: {},
};

test("a branch that an earlier attempt entered is not chosen again", async () => {
  const { context, blocks } = stepContext({ state: { a: 1 }, entered: "else_if_1", block: () => done({}) });
  expect(await runStep(ifElse, raw, context)).toMatchObject({ output: { branch: "else_if_1" } });
  expect(blocks).toEqual(["else_if_1"]);
});

test("a pause inside a branch is handed on", async () => {
  const pause = { kind: "pause", pause: { reason: "hand_over" } } as const;
  const { context } = stepContext({ state: { a: 1 }, block: () => pause });
  expect(await runStep(ifElse, raw, context)).toBe(pause);
});

test("nested steps stand inside the branches", () => {
  expect(
    ifElse.blocks?.({ if: { steps: [] }, else_if: [{ steps: [] }, { steps: [] }], else: { steps: [] } }),
  ).toEqual([
    { label: "if", at: ["if", "steps"], required: true },
    { label: "else_if_1", at: ["else_if", 0, "steps"], required: true },
    { label: "else_if_2", at: ["else_if", 1, "steps"], required: true },
    { label: "else", at: ["else", "steps"], required: false, always: true },
  ]);
});

test("the first branch's steps may stand beside if", () => {
  expect(ifElse.blocks?.({ if: {}, steps: [] })).toEqual([{ label: "if", at: ["steps"], required: true }]);
});

test.each([
  [{}],
  [{ if: [] }],
  [{ if: {} }],
  [{ if: { conditions: { field: "a", op: "exists" } } }],
  [{ if: { conditions: [], match: "some" } }],
  [{ if: { conditions: [] }, else_if: { conditions: [] } }],
  [{ if: { conditions: [] }, else: { conditions: [] } }],
  [{ if: { conditions: [] }, elif: [] }],
])("%j is refused", (wrong) => {
  expect(ifElse.schema.safeParse(wrong).success).toBe(false);
});
