/** Where a list goes on: behind this one. */
export interface PageCursor {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const SHAPE = /^([0-9a-f-]{1,36})~(\d{1,15})$/;

/** A cursor as a query parameter. */
export function cursorText({ id, at }: PageCursor): string {
  return `${id}~${at}`;
}

/** The cursor of a query parameter; undefined for the first page, and for a text that is none. */
export function readCursor(text: string | undefined): PageCursor | undefined {
  const [, id, at] = SHAPE.exec(text ?? "") ?? [];
  return id === undefined ? undefined : { id, at: Number(at) };
}
