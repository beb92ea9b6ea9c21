import TestRunner from "jest-runner";

/** Runs suites one after the other in this process, as the configuration orders them, until a test has failed. */
export default class FirstFailureRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    let failed = false;
    this.on("test-file-success", ([, result]) => {
      failed ||= result.numFailingTests > 0;
    });
    const place = ({ path, context }) => context.config.testMatch.indexOf(path);
    for (const test of tests.toSorted((a, b) => place(a) - place(b))) {
      if (failed) return;
      await super.runTests([test], watcher, options);
    }
  }
}
