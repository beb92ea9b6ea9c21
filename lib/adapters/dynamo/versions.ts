import { isObject } from "../../core/json.ts";
import type { KeptVersion } from "../../core/ports/run-store.ts";
import type { Workflow } from "../../core/workflow.ts";
import {
  checkLayout,
  damaged,
  type Key,
  keyAttributes,
  number,
  readOptionalNumber,
  readText,
  text,
} from "./item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

const LISTED = ["pk", "sk", "hash", "kept_at", "label", "before"];

/**
 * Stores a version of a workflow, once: the same hash is the same content. It never expires: a run that waits or is
 * redriven may need it at any time, and it is a few kilobytes for each version that was ever run.
 */
export async function putVersion(
  table: Table,
  values: StoredValues,
  workflow: Workflow,
  { keptAt, before }: Pick<KeptVersion, "keptAt" | "before">,
): Promise<void> {
  const { name, hash, version: label } = workflow;
  const key = versionKey(name, hash);
  await table.putNew({
    ...keyAttributes(key),
    name: text(name),
    hash: text(hash),
    ...(keptAt !== undefined && { kept_at: number(keptAt) }),
    ...(label !== undefined && { label: text(label) }),
    ...(before !== undefined && { before: text(before) }),
    workflow: await values.storeJson(workflow, { pk: key.pk, inlineBytes: INLINE_BYTES }),
  });
}

/** A stored version, undefined when there is none. @throws FlowError `internal` for an item that holds another thing. */
export async function getVersion(
  table: Table,
  values: StoredValues,
  name: string,
  hash: string,
): Promise<Workflow | undefined> {
  const item = await table.get(versionKey(name, hash));
  if (!item) return undefined;
  checkLayout(item);
  const workflow = await values.loadJson(item, "workflow");
  // Never hashed again: what goes into the hash may differ between the release that stored it and this one.
  if (
    !isObject(workflow) ||
    workflow.name !== name ||
    workflow.hash !== hash ||
    !Array.isArray(workflow.steps)
  )
    throw damaged(item, `holds no text of version ${hash.slice(0, 12)} of workflow ${name}`);
  return workflow as unknown as Workflow;
}

/** The stored versions whose hashes begin with `prefix`. */
export async function versionsLike(
  table: Table,
  name: string,
  prefix: string,
): Promise<readonly KeptVersion[]> {
  const { pk, sk } = versionKey(name, prefix);
  const where = { text: "#pk = :pk AND begins_with(#sk, :sk)", values: { ":pk": text(pk), ":sk": text(sk) } };
  const items = (await Array.fromAsync(table.query({ where, attributes: LISTED }))).flat();
  return items.map((item) => {
    const keptAt = readOptionalNumber(item, "kept_at");
    return {
      hash: readText(item, "hash"),
      ...(keptAt !== undefined && { keptAt }),
      ...(item.label && { label: readText(item, "label") }),
      ...(item.before && { before: readText(item, "before") }),
    };
  });
}

function versionKey(name: string, hash: string): Key {
  return { pk: `flow#${name}`, sk: `hash#${hash}` };
}
