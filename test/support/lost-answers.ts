import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

const WRITES = new Set(["PutItemCommand", "UpdateItemCommand", "DeleteItemCommand", "BatchWriteItemCommand"]);

/** Loses the answers of a client's writes: each is applied, then fails as a connection does that was cut. */
export interface LostAnswers {
  /** Loses the answer of the next write, or of the one after `skipping` others; what follows arrives. */
  loseNext(skipping?: number): void;
  /** True when the answer was lost. */
  wasLost(): boolean;
}

/**
 * Puts the fault between the SDK and the network (`wire`), where the SDK's own retry repeats the request, or between
 * the SDK and its caller (`call`), who has to repeat it.
 */
export function loseAnswers(client: DynamoDBClient, where: "wire" | "call"): LostAnswers {
  let left = -1;
  let lost = false;
  const cut = () => {
    lost = true;
    return Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
  };
  const wasApplied = (commandName: string | undefined) => {
    if (!WRITES.has(String(commandName))) return;
    left -= 1;
    if (left === -1) throw cut();
  };
  if (where === "wire")
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = await next(args);
        wasApplied(context.commandName);
        return answer;
      },
      { step: "finalizeRequest", priority: "low", name: "lostAnswers" },
    );
  else
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = await next(args);
        wasApplied(context.commandName);
        return answer;
      },
      { step: "initialize", name: "lostAnswers" },
    );
  return {
    loseNext(skipping = 0) {
      left = skipping;
      lost = false;
    },
    wasLost: () => lost,
  };
}
