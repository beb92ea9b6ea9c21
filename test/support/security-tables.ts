import { isObject, type Json } from "../../lib/core/json.ts";
import { markdownTable } from "../../lib/language/reference/markdown-table.ts";
import { grantsOf, type Resource, type Synthesis } from "./synthesise.ts";

/** The functions as people call them, with their logical ids. */
const FUNCTION_IDS = {
  ingest: "Ingest",
  inbox: "InboxFunction",
  runner: "Runner",
  sweeper: "Sweeper",
  "console, pages": "Console",
  "console, buttons": "ConsoleActions",
};

/** What each function may do by its role: a row for everything that it may do something with. */
export function rightsTable(stack: Synthesis): string {
  const rows = Object.entries(FUNCTION_IDS).flatMap(([name, id]) => {
    const grants = grantsOf(stack, id).flatMap(({ actions, resources }) =>
      resources.flatMap((resource) => actions.map((action) => ({ resource: plain(resource), action }))),
    );
    return [...Map.groupBy(grants, ({ resource }) => resource)].map(([resource, may]) => [
      name,
      `\`${resource}\``,
      [...new Set(may.map(({ action }) => `\`${action}\``))].join(", "),
    ]);
  });
  return markdownTable(["function", "with", "may"], rows);
}

/** Where a stage keeps what passes through it, by the template: for how long, and encrypted by what. */
export function storesTable({ resources }: Synthesis): string {
  const rows = resources.flatMap((resource) => {
    const kept = keptFor(resource);
    return kept === undefined ? [] : [[`\`${resource.id}\``, ...kept]];
  });
  return markdownTable(["in the template", "kept", "encrypted with"], rows.sort());
}

function keptFor({ type, properties }: Resource): readonly [kept: string, encryption: string] | undefined {
  switch (type) {
    case "AWS::DynamoDB::GlobalTable":
      return [
        `each item until \`${at(properties, "TimeToLiveSpecification.AttributeName")}\``,
        at(properties, "SSESpecification.SSEEnabled") === true ? "a key of KMS" : "DynamoDB's own key",
      ];
    case "AWS::SQS::Queue":
      return [
        days(Number(at(properties, "MessageRetentionPeriod")) / 86_400),
        at(properties, "KmsMasterKeyId") === null ? "SQS's own key" : "a key of KMS",
      ];
    case "AWS::Logs::LogGroup":
      return [
        days(Number(at(properties, "RetentionInDays"))),
        at(properties, "KmsKeyId") === null ? "CloudWatch's own key" : "a key of KMS",
      ];
    case "AWS::S3::Bucket":
      return [
        days(Number(at(properties, "LifecycleConfiguration.Rules.0.ExpirationInDays"))),
        String(
          at(
            properties,
            "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
          ),
        ),
      ];
    case "AWS::SecretsManager::Secret":
      return [
        "until it is deleted",
        at(properties, "KmsKeyId") === null ? "the account's key for Secrets Manager" : "a key of KMS",
      ];
    case "AWS::SNS::Topic":
      return ["not kept", at(properties, "KmsMasterKeyId") === null ? "nothing" : "a key of the stack's own"];
    default:
      return undefined;
  }
}

function days(number: number): string {
  return `${number} days`;
}

function at(value: Json, path: string): Json {
  return path.split(".").reduce<Json>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)] ?? null;
    return isObject(found) ? (found[key] ?? null) : null;
  }, value);
}

function plain(resource: Json): string {
  return String(resource).replace(/\.Arn(?=$|\/)/, "");
}
