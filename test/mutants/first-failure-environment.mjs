import { TestEnvironment } from "jest-environment-node";

/** Skips what is left of a suite when one of its tests has failed. */
export default class FirstFailureEnvironment extends TestEnvironment {
  #failed = false;

  handleTestEvent = ({ name, test }) => {
    if (name === "test_done") this.#failed ||= test.errors.length > 0;
    else if (name === "test_start" && this.#failed) test.mode = "skip";
  };
}
