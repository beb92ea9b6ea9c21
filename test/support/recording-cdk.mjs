#!/usr/bin/env node
// Stands in for the CDK's command line: notes how it was called, "synthesises" the template beside it, "deploys" as FAKE_DEPLOY says;
// FAKE_HANG names the command that goes on until Ctrl-C.
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { RECORD_DIR = ".", FAKE_DEPLOY = "well", FAKE_HANG } = process.env;
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
appendFileSync(join(RECORD_DIR, "calls.jsonl"), `${JSON.stringify(args)}\n`);

if (args[0] === FAKE_HANG) {
  process.on("SIGINT", () => process.exit(130));
  console.log("progress of the stack");
  setInterval(() => {}, 1000);
} else if (args[0] === "synth") {
  const [, stage] = args.find((one) => one.startsWith("stage=")).split("=");
  mkdirSync(option("--output"), { recursive: true });
  copyFileSync(
    join(RECORD_DIR, "template.json"),
    join(option("--output"), `hookline-${stage}.template.json`),
  );
} else if (FAKE_DEPLOY === "well") {
  console.log("progress of the stack");
  const outputs = { [args[1]]: { ApiEndpoint: "https://api.example" } };
  writeFileSync(option("--outputs-file"), JSON.stringify(outputs));
} else {
  console.error("the stack was taken back");
  process.exitCode = 1;
}
