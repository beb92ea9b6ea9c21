import { fullDiff, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import type { JsonObject } from "../../core/json.ts";

/** What a deployment does to a resource of the account. */
export interface ResourceChange {
  readonly id: string;
  readonly type: string;
  readonly change: "added" | "changed" | "replaced" | "perhaps replaced" | "deleted" | "let go";
  /** Properties that differ, of one that stays. */
  readonly properties: readonly string[];
}

/** A right that is given or taken away; what stands on both sides is neither. */
export interface RightChange {
  readonly change: "broader" | "narrower";
  readonly effect: string;
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly condition: string;
}

/** What a deployment does to the account. */
export interface TemplateChanges {
  readonly resources: readonly ResourceChange[];
  readonly rights: readonly RightChange[];
}

const WORDS: { readonly [impact in ResourceImpact]?: ResourceChange["change"] } = {
  [ResourceImpact.WILL_CREATE]: "added",
  [ResourceImpact.WILL_IMPORT]: "added",
  [ResourceImpact.WILL_REPLACE]: "replaced",
  [ResourceImpact.MAY_REPLACE]: "perhaps replaced",
  [ResourceImpact.WILL_DESTROY]: "deleted",
  [ResourceImpact.WILL_ORPHAN]: "let go",
};

/** Compares the template that is deployed with the one that would be. */
export function templateChanges(before: JsonObject, after: JsonObject): TemplateChanges {
  const { resources, iamChanges } = fullDiff(structuredClone(before), structuredClone(after));
  const changes: ResourceChange[] = [];
  resources.forEachDifference((id, change) => {
    changes.push({
      id,
      type: change.newResourceType ?? change.oldResourceType ?? "",
      change: WORDS[change.changeImpact] ?? "changed",
      properties: change.isUpdate
        ? [...Object.keys(change.propertyUpdates), ...Object.keys(change.otherChanges)]
        : [],
    });
  });
  const { additions, removals } = iamChanges.statements;
  const [given, taken] = [additions, removals].map(
    (statements) => new Map(statements.flatMap(rightsOf).map((right) => [JSON.stringify(right), right])),
  ) as [Map<string, Right>, Map<string, Right>];
  const only = (one: ReadonlyMap<string, Right>, other: ReadonlyMap<string, Right>) =>
    [...one].filter(([key]) => !other.has(key)).map(([, right]) => right);
  return {
    resources: changes,
    rights: [
      ...only(given, taken).map((right) => ({ change: giving(right, true), ...right })),
      ...only(taken, given).map((right) => ({ change: giving(right, false), ...right })),
    ],
  };
}

type Right = Omit<RightChange, "change">;
type Statement = ReturnType<typeof fullDiff>["iamChanges"]["statements"]["additions"][number];

/** A statement names many actions on many resources; each pair is one right. */
function rightsOf(statement: Statement): readonly Right[] {
  const { effect, principal, condition, action, resource } = statement.render();
  return action
    .split("\n")
    .flatMap((one) =>
      resource.split("\n").map((place) => ({ effect, action: one, resource: place, principal, condition })),
    );
}

/** To take away what forbids is to give. */
function giving({ effect }: Right, added: boolean): RightChange["change"] {
  return added === (effect !== "Deny") ? "broader" : "narrower";
}
