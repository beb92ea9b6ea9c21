import type { Workflow } from "../../core/workflow.ts";
import { checkLayout, type Key, keyAttributes, text } from "./item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

/** Stores a version of a workflow, once: the same hash is the same content. */
export async function putVersion(table: Table, values: StoredValues, workflow: Workflow): Promise<void> {
  const key = versionKey(workflow.name, workflow.hash);
  await table.putNew({
    ...keyAttributes(key),
    name: text(workflow.name),
    hash: text(workflow.hash),
    workflow: await values.storeJson(workflow, { pk: key.pk, inlineBytes: INLINE_BYTES }),
  });
}

/** A stored version, undefined when there is none. @throws FlowError `internal` for a damaged item. */
export async function getVersion(
  table: Table,
  values: StoredValues,
  name: string,
  hash: string,
): Promise<Workflow | undefined> {
  const item = await table.get(versionKey(name, hash));
  if (!item) return undefined;
  checkLayout(item);
  return (await values.loadJson(item, "workflow")) as unknown as Workflow;
}

function versionKey(name: string, hash: string): Key {
  return { pk: `flow#${name}`, sk: `hash#${hash}` };
}
