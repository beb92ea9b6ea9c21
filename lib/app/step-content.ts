import { formatJson, type Json } from "../core/json.ts";
import type { StepNode } from "../core/workflow.ts";

/** What a step says, without its place and what is nested in it, in the file's spelling. */
export function contentOf({ id: _id, line: _line, type: _type, blocks: _blocks, ...own }: StepNode): Json {
  const { params, retry, ...common } = own;
  return { ...snakeCase({ ...common, ...retry }), ...params };
}

/** A mapping as JSON, its own keys spelled as a file spells them. */
export function snakeCase(value: { readonly [key: string]: unknown }): { readonly [key: string]: Json } {
  const plain: { readonly [key: string]: Json } = JSON.parse(formatJson(value as Json));
  return Object.fromEntries(
    Object.entries(plain).map(([key, one]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      one,
    ]),
  );
}
