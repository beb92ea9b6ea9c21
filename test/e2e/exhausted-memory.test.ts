import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const env = { NODE_OPTIONS: "--max-old-space-size=220", HOOKLINE_MAX_BODY_BYTES: "5000000" };
let folder: StackFolder;
let stack: StackProcess;

beforeAll(() => {
  const copies = "${text}".repeat(15);
  folder = stackFolder({
    "hog.yaml": `name: hog
steps:
  - { type: set, values: { one: "${copies}", two: "${copies}", three: "${copies}" } }
`,
  });
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

test("P2 a run that exhausts the memory of npm start ends it twice; the third start says so, fails the run and goes on", async () => {
  stack = await startStack(folder, env);
  const id = await stack.accept("hog", { text: "x".repeat(4_000_000) });
  await stack.ended;
  stack = await startStack(folder, env);
  await stack.ended;
  stack = await startStack(folder, env);
  await stack.said("The last time it ended without having been stopped");
  await stack.said(`${id}  failed`);
  expect(await stack.ask("runs", "show", id)).toMatchObject({
    status: "failed",
    error: { class: "internal", step: "0" },
  });
});
