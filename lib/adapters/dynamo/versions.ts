import { isObject } from "../../core/json.ts";
import type { Workflow } from "../../core/workflow.ts";
import { checkLayout, damaged, type Key, keyAttributes, readText, text } from "./item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

/**
 * Stores a version of a workflow, once: the same hash is the same content. It never expires: a run that waits or is
 * redriven may need it at any time, and it is a few kilobytes for each version that was ever run.
 */
export async function putVersion(table: Table, values: StoredValues, workflow: Workflow): Promise<void> {
  const key = versionKey(workflow.name, workflow.hash);
  await table.putNew({
    ...keyAttributes(key),
    name: text(workflow.name),
    hash: text(workflow.hash),
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

/** Hashes of the stored versions that begin with `prefix`. */
export async function versionsLike(table: Table, name: string, prefix: string): Promise<readonly string[]> {
  const { pk, sk } = versionKey(name, prefix);
  const where = { text: "#pk = :pk AND begins_with(#sk, :sk)", values: { ":pk": text(pk), ":sk": text(sk) } };
  const items = (await Array.fromAsync(table.query({ where }))).flat();
  return items.map((item) => readText(item, "hash"));
}

function versionKey(name: string, hash: string): Key {
  return { pk: `flow#${name}`, sk: `hash#${hash}` };
}
