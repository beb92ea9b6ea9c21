import { randomUUID } from "node:crypto";
import type { Context } from "aws-lambda";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "./local-names.ts";

/**
 * The context that Lambda hands to a function: an invocation of so long from now, and of no time any more once the stack
 * stops, so that runs leave it at their next step.
 */
export function lambdaContext(functionName: string, invocationMs: number, stopping: AbortSignal): Context {
  const deadline = Date.now() + invocationMs;
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
