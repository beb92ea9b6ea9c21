import type { ErrorClass } from "../../core/flow-error.ts";

/** What a failure of each class says, in one sentence for the reference. */
export const ERROR_MEANINGS: { readonly [Name in ErrorClass]: string } = {
  timeout: "No answer within the step's `timeout`, or the other side said so (408).",
  connection: "The other side could not be reached, or closed the connection before its answer was complete.",
  rate_limited: "The other side asks for fewer calls (429); its `Retry-After` is respected.",
  server_error: "The other side failed (5xx, 425).",
  client_error: "The other side refuses the request as it is (another status outside 2xx).",
  blocked_address:
    "The address is private, loopback, link-local or a metadata service, and the stage does not allow it.",
  invalid_input: "The step was given a value that it cannot work with.",
  invalid_output: "The answer is not one that the step can use.",
  refused: "The model refused to answer, or the workflow itself ended the run with `fail`.",
  truncated: "The model's answer was cut off before its end.",
  code_error: "A program of the file failed: jq, or Python.",
  config_error: "The file or its environment is wrong in a way that only the run could see.",
  budget_exceeded: "The work would cost more than its limit.",
  unknown_outcome: "With `effect: at_most_once`: the call may have taken effect, and is not repeated.",
  cancelled: "Somebody cancelled the run.",
  internal: "A fault of Hookline itself.",
};
