import type { FunctionName } from "../../lib/build/build-bundles.ts";
import { grantsOf, type Synthesis } from "./synthesise.ts";

/** The console is two functions of one bundle: this one does what both do. */
const ROLES: { readonly [name in FunctionName]: string } = {
  ingest: "Ingest",
  inbox: "InboxFunction",
  runner: "Runner",
  sweeper: "Sweeper",
  console: "ConsoleActions",
};

/** Every right of a function's role, or of another role with its bundle, one action on one resource each: `dynamodb:PutItem on Table.Arn`. */
export function rightsOf(stack: Synthesis, name: FunctionName, role = ROLES[name]): readonly string[] {
  return grantsOf(stack, role).flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`)),
  );
}

/** The right that a call needs: batches of SQS have none of their own (Service Authorization Reference, "Actions for Amazon SQS"). */
export function rightFor(call: string): string {
  return call.replace(/^(sqs:\w+)Batch on/, "$1 on");
}
