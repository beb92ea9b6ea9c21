import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { Coverage } from "../../lib/testing/coverage.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { runTestFile } from "../../lib/testing/run-test-file.ts";

const WORKFLOW = `name: bench
environment: [KEY]
steps:
  - { type: http_call, id: ask, url: "https://api.test/\${id}", retries: 3, backoff_seconds: 60, output_to: person }
  - { type: jq, query: ".person.name | ascii_upcase", output_to: name }
  - { type: wait, seconds: 3600 }
  - { type: openai_completion, id: greet, api_key: "\${env:KEY}", prompt: "Greet \${name}", output_to: greeting }
  - { type: slack_webhook, id: tell, webhook_url: "https://hooks.test/x", text: "\${greeting}" }
`;

function caseText(n: number): string {
  return `  - name: case ${n}
    given:
      event: { id: ${n} }
      answers:
        - { step: ask, answers: [{ status: 503 }, { error: connection }, { body: { name: ada } }] }
        - { step: greet, text: Hello, usage: { input_tokens: 10, output_tokens: 5 } }
        - { step: tell, body: ok }
    expect:
      state: { name: ADA, greeting: Hello }
      waits: [60, 120, 3600]
      calls: [ask, ask, ask, greet, { step: tell, body: { text: Hello } }]
`;
}

/** What `hookline test` takes for 100 cases with two retries, an hour's wait, jq and a model each. */
export async function benchTests(): Promise<{
  /** From the first case to the last, with the start of jq. */
  readonly seconds: number;
  /** Of all threads: what one core would take. */
  readonly processorSeconds: number;
  /** Timers of this process that ran out meanwhile. */
  readonly sleeps: number;
}> {
  const folder = mkdtempSync(join(tmpdir(), "hookline-bench-"));
  writeFileSync(join(folder, "bench.yaml"), WORKFLOW);
  const cases = Array.from({ length: 100 }, (_, n) => caseText(n)).join("");
  writeFileSync(
    join(folder, "bench.test.yaml"),
    `defaults: { environment: { KEY: bench-key } }\ncases:\n${cases}`,
  );
  const timers = countTimers();
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const jq = createJq();
  const python = createPython({ spare: false });
  try {
    const tools = { jq, python: oneInterpreter(python), coverage: new Coverage() };
    const result = await runTestFile(join(folder, "bench.test.yaml"), tools);
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(before);
    const passed = result.cases.filter((one) => one.passed).length;
    if (passed !== 100) throw new Error(`${passed} of 100 cases pass`);
    return { seconds, processorSeconds: (user + system) / 1e6, sleeps: timers.fired() };
  } finally {
    timers.stop();
    await Promise.all([jq.close(), python.close()]);
    rmSync(folder, { recursive: true });
  }
}

function countTimers() {
  const real = globalThis.setTimeout;
  let fired = 0;
  globalThis.setTimeout = Object.assign(
    (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      real(
        (...given: unknown[]) => {
          fired += 1;
          callback(...given);
        },
        ms,
        ...args,
      ),
    real,
  ) as typeof setTimeout;
  return {
    fired: () => fired,
    stop() {
      globalThis.setTimeout = real;
    },
  };
}
