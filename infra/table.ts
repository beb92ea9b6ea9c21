import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, ProjectionType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { tableName } from "../lib/core/stage-names.ts";

/** What lists show of a run, and nothing more: every projected attribute is written twice. */
const LISTED = [
  "outcome",
  "hash",
  "created_at",
  "finished_at",
  "cost_usd",
  "error_class",
  "error_message",
  "expires_at",
];

/** The one table: runs, segments, versions. It outlives the stack, since it is the history. */
export function addTable(scope: Construct, stage: string): TableV2 {
  return new TableV2(scope, "Table", {
    tableName: tableName(stage),
    partitionKey: { name: "pk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
    timeToLiveAttribute: "expires_at",
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    globalSecondaryIndexes: [
      {
        indexName: "by_workflow",
        partitionKey: { name: "wf_day", type: AttributeType.STRING },
        sortKey: { name: "run_id", type: AttributeType.STRING },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: LISTED,
      },
      {
        indexName: "due",
        partitionKey: { name: "due_shard", type: AttributeType.STRING },
        sortKey: { name: "due_at", type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      },
    ],
  });
}
