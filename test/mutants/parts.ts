/** Files of one theme, and the suites that would tell if they did not do as they should. */
export interface Part {
  /** What of the promise that nothing is lost and nothing repeated the files keep. */
  readonly theme: "claim" | "fencing" | "journal" | "resume" | "sweep" | "redrive";
  readonly name: string;
  readonly files: readonly string[];
  /** The cheapest first: a mutant is done with when the first test has failed. */
  readonly suites: readonly string[];
}

/** Tables in memory come first: one of its own for each test takes longest. */
const store = [
  "test/contracts/claim-refusal.test.ts",
  "test/faults/sim/simulated-services.test.ts",
  "test/contracts/claim-run.test.ts",
  "test/contracts/damaged-runs.test.ts",
  "test/contracts/run-store-dynamo.test.ts",
];

/** What is mutated. A suite that notices nothing more is not named: a mutant that survives runs them all. */
export const parts: readonly Part[] = [
  {
    theme: "claim",
    name: "claim-store",
    files: ["lib/adapters/claim-refusal.ts", "lib/adapters/dynamo/claim-run.ts"],
    suites: store,
  },
  {
    theme: "claim",
    name: "claim-app",
    files: ["lib/app/process-delivery.ts", "lib/app/run-batch.ts"],
    suites: [
      "test/app/process-delivery.test.ts",
      "test/app/run-batch.test.ts",
      "test/app/damaged-runs.test.ts",
      "test/app/run-workflow.test.ts",
      "test/app/spans.test.ts",
      "test/app/waits.test.ts",
    ],
  },
  {
    theme: "fencing",
    name: "fencing",
    files: ["lib/adapters/dynamo/lease-writes.ts", "lib/adapters/dynamo/segments.ts"],
    suites: store,
  },
  {
    theme: "journal",
    name: "journal",
    files: ["lib/core/journal.ts", "lib/engine/journal.ts", "lib/engine/view.ts"],
    suites: [
      "test/core/journal.test.ts",
      "test/engine/journal.test.ts",
      "test/engine/view.test.ts",
      "test/engine/run-ends.test.ts",
      "test/engine/resume.test.ts",
      "test/engine/attempt-step.test.ts",
      "test/app/run-batch.test.ts",
      "test/app/redrive-run.test.ts",
    ],
  },
  {
    theme: "resume",
    name: "resume-engine",
    files: ["lib/engine/execute-run.ts", "lib/engine/interpreter.ts", "lib/engine/only-once.ts"],
    suites: [
      "test/engine/interpreter.test.ts",
      "test/engine/execute-run.test.ts",
      "test/engine/resume.test.ts",
      "test/engine/run-ends.test.ts",
      "test/engine/attempt-step.test.ts",
      "test/engine/time-limit.test.ts",
    ],
  },
  {
    theme: "resume",
    name: "resume-ends",
    files: [
      "lib/app/dispose-of.ts",
      "lib/app/park-run.ts",
      "lib/app/settle-run.ts",
      "lib/app/wake-parent.ts",
    ],
    suites: [
      "test/app/dispose-of.test.ts",
      "test/app/settle-run.test.ts",
      "test/app/damaged-runs.test.ts",
      "test/app/process-delivery.test.ts",
    ],
  },
  {
    theme: "resume",
    name: "resume-attempt",
    files: ["lib/app/run-attempt.ts"],
    suites: [
      "test/app/run-attempt.test.ts",
      "test/app/process-delivery.test.ts",
      "test/app/awaited-answers.test.ts",
    ],
  },
  {
    theme: "sweep",
    name: "sweep-store",
    files: ["lib/adapters/dynamo/due-runs.ts"],
    suites: [
      "test/contracts/due-index.test.ts",
      "test/faults/sim/simulated-services.test.ts",
      "test/contracts/damaged-runs.test.ts",
    ],
  },
  {
    theme: "sweep",
    name: "sweep-app",
    files: ["lib/app/sweep.ts"],
    suites: ["test/app/sweep.test.ts"],
  },
  {
    theme: "redrive",
    name: "redrive-store",
    files: ["lib/adapters/dynamo/name-replay.ts", "lib/adapters/dynamo/redrive-run.ts"],
    suites: store,
  },
  {
    theme: "redrive",
    name: "redrive-app",
    files: ["lib/app/redrive-run.ts", "lib/core/redriven-journal.ts"],
    suites: [
      "test/core/redriven-journal.test.ts",
      "test/app/unknown-outcomes.test.ts",
      "test/app/redrive-run.test.ts",
      "test/app/distributed-loops.test.ts",
    ],
  },
  {
    theme: "redrive",
    name: "replay",
    files: ["lib/app/derived-run-id.ts", "lib/app/replay-run.ts"],
    suites: [
      "test/app/derived-run-id.test.ts",
      "test/app/replay-run.test.ts",
      "test/app/damaged-runs.test.ts",
    ],
  },
  {
    theme: "redrive",
    name: "cancel",
    files: ["lib/app/cancel-run.ts"],
    suites: [
      "test/app/cancel-run-at-once.test.ts",
      "test/app/cancel-run.test.ts",
      "test/app/damaged-runs.test.ts",
    ],
  },
];
