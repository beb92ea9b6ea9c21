import type { InputEntry } from "../core/workflow.ts";
import { sampleText, sampleType } from "../webhooks/sample.ts";
import { sampleOf } from "../webhooks/samples.ts";
import { exampleOf } from "./example-of.ts";

/** An event to try a workflow with. */
export interface SampleEvent {
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/**
 * A sample for a webhook: the event that lies beside its file, or what its service sends, or what its schema asks for. `id` is any text that
 * no other sample has.
 */
export function sampleEventFor(
  { webhook }: InputEntry,
  beside: string | undefined,
  { id, now }: { readonly id: string; readonly now: number },
): SampleEvent {
  const { preset, schema } = webhook ?? {};
  const sample = preset === undefined ? undefined : sampleOf(preset, id, now);
  const type = sample && beside === undefined ? sampleType(sample) : "application/json";
  return {
    headers: { "content-type": type, ...sample?.headers },
    body: beside ?? (sample ? sampleText(sample, 2) : JSON.stringify(exampleOf(schema ?? {}) ?? {}, null, 2)),
  };
}
