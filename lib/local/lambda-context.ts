import { randomUUID } from "node:crypto";
import type { Context } from "aws-lambda";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "./local-names.ts";

/** The longest a Lambda may run, in milliseconds. */
const INVOCATION_MS = 15 * 60_000;

/**
 * The context that Lambda hands to a function: an invocation of at most 15 minutes from now, and of none any more once
 * the stack stops, so that runs leave it at their next step.
 */
export function lambdaContext(functionName: string, stopping: AbortSignal): Context {
  const deadline = Date.now() + INVOCATION_MS;
  return {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: "1769",
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => (stopping.aborted ? 0 : Math.max(0, deadline - Date.now())),
    done() {},
    fail() {},
    succeed() {},
  };
}
