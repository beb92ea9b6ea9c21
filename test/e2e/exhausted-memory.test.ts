import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const env = { NODE_OPTIONS: "--max-old-space-size=220", HOOKLINE_MAX_BODY_BYTES: "5000000" };
let folder: StackFolder;
let stack: StackProcess;

beforeAll(async () => {
  const copies = "${text}".repeat(15);
  folder = stackFolder({
    "hog.yaml": `name: hog
steps:
  - { type: set, values: { one: "${copies}", two: "${copies}", three: "${copies}" } }
`,
    "plain.yaml": "name: plain\nsteps: [{ type: print, text: hi }]\n",
  });
  stack = await startStack(folder, env);
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

test("P2 a run that exhausts the runner's memory ends it twice and is failed; npm start says so, and goes on", async () => {
  const id = await stack.accept("hog", { text: "x".repeat(4_000_000) });
  await stack.said("The runner died (SIGABRT)");
  const next = await stack.accept("plain", {});
  await stack.said(`${id}  failed`);
  expect(await stack.ask("runs", "show", id)).toMatchObject({
    status: "failed",
    error: { class: "internal", step: "0" },
  });
  await stack.said(`${next}  succeeded`);
});
