import type { RunPage } from "../../core/ports/run-store.ts";

/** Where a list goes on: behind a run, or what is listed with runs. */
export type PageCursor = NonNullable<RunPage["next"]>;

const SHAPE = /^([0-9a-f-]{1,36})~(\d{1,15})$/;

/** Where a list goes on, as a query parameter. */
export function cursorText({ runId, createdAt }: PageCursor): string {
  return `${runId}~${createdAt}`;
}

/** The place that a query parameter names; undefined for the first page, and for a text that names none. */
export function readCursor(text: string | undefined): PageCursor | undefined {
  const [, runId, createdAt] = SHAPE.exec(text ?? "") ?? [];
  return runId === undefined ? undefined : { runId, createdAt: Number(createdAt) };
}
