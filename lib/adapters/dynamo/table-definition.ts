import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";

/** Index that lists runs by workflow and day, newest first. */
export const BY_WORKFLOW_INDEX = "by_workflow";
/** Sparse index of the runs that are not final, by the time when someone should look. */
export const DUE_INDEX = "due";
/** Attribute with the second after which DynamoDB may delete an item. */
const TTL_ATTRIBUTE = "expires_at";

/**
 * What `by_workflow` holds beside its keys. None of it changes between the first write of a run and its last, so a
 * claim and a segment cost no index write; `status` is missing for that reason.
 */
const LISTED_ATTRIBUTES = [
  "outcome",
  "hash",
  "created_at",
  "finished_at",
  "cost_usd",
  "error_class",
  "error_message",
  TTL_ATTRIBUTE,
] as const;

/** The table of execution.md section 4, as CreateTable takes it; point-in-time recovery and TTL are set apart. */
export function tableDefinition(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
      { AttributeName: "wf_day", AttributeType: "S" },
      { AttributeName: "run_id", AttributeType: "S" },
      { AttributeName: "due_shard", AttributeType: "S" },
      { AttributeName: "due_at", AttributeType: "N" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: BY_WORKFLOW_INDEX,
        KeySchema: [
          { AttributeName: "wf_day", KeyType: "HASH" },
          { AttributeName: "run_id", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...LISTED_ATTRIBUTES] },
      },
      {
        IndexName: DUE_INDEX,
        KeySchema: [
          { AttributeName: "due_shard", KeyType: "HASH" },
          { AttributeName: "due_at", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  };
}
