import { describe, expect, test } from "@jest/globals";
import { templateChanges } from "../../lib/cli/deploy/template-changes.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t";
const statement = (Action: Json, more: JsonObject = {}): JsonObject => ({
  Effect: "Allow",
  Action,
  Resource: TABLE,
  ...more,
});
const policy = (...Statement: readonly JsonObject[]): JsonObject => ({
  Type: "AWS::IAM::Policy",
  Properties: { PolicyName: "p", Roles: ["role"], PolicyDocument: { Version: "2012-10-17", Statement } },
});
const changes = (before: JsonObject, after: JsonObject) =>
  templateChanges({ Resources: before }, { Resources: after });
const rights = (before: JsonObject, after: JsonObject): readonly string[] =>
  changes(before, after).rights.map(
    ({ change, effect, action, resource }) => `${change} ${effect} ${action} on ${resource}`,
  );

describe("rights", () => {
  test("an action more is broader, one less is narrower, and what stands on both sides is neither", () => {
    const [few, many] = [
      policy(statement(["dynamodb:GetItem"])),
      policy(statement(["dynamodb:GetItem", "dynamodb:Query"])),
    ];
    expect(rights({ P: few }, { P: many })).toEqual([`broader Allow dynamodb:Query on ${TABLE}`]);
    expect(rights({ P: many }, { P: few })).toEqual([`narrower Allow dynamodb:Query on ${TABLE}`]);
  });

  test("a right that moves to another policy of the same role has not changed", () => {
    const [get, put] = [statement("dynamodb:GetItem"), statement("dynamodb:PutItem")];
    expect(rights({ P: policy(get, put) }, { P: policy(get), Q: policy(put) })).toEqual([]);
  });

  test("to take away what forbids is broader", () => {
    const deny = policy(statement("dynamodb:DeleteItem", { Effect: "Deny" }));
    expect(rights({ P: deny }, {})).toEqual([`broader Deny dynamodb:DeleteItem on ${TABLE}`]);
    expect(rights({}, { P: deny })).toEqual([`narrower Deny dynamodb:DeleteItem on ${TABLE}`]);
  });
});

describe("resources", () => {
  const queue = (Properties: JsonObject, more: JsonObject = {}) => ({
    Type: "AWS::SQS::Queue",
    Properties,
    ...more,
  });

  test("are told with what becomes of them", () => {
    const before = {
      Same: queue({}),
      Named: queue({ QueueName: "a" }),
      Kept: queue({}, { DeletionPolicy: "Retain" }),
      Gone: queue({}),
    };
    const after = {
      Same: queue({ VisibilityTimeout: 60 }),
      Named: queue({ QueueName: "b" }),
      New: queue({}),
    };
    const told = changes(before, after).resources.map(({ id, change, properties }) => [
      id,
      change,
      properties,
    ]);
    expect(told.toSorted()).toEqual([
      ["Gone", "deleted", []],
      ["Kept", "let go", []],
      ["Named", "replaced", ["QueueName"]],
      ["New", "added", []],
      ["Same", "changed", ["VisibilityTimeout"]],
    ]);
  });

  test("that are the same are not told", () => {
    expect(changes({ Same: queue({ QueueName: "a" }) }, { Same: queue({ QueueName: "a" }) })).toEqual({
      resources: [],
      rights: [],
    });
  });
});
