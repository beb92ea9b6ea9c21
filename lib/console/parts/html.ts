import type { html } from "hono/html";

/** A piece of a page: what is inserted into it as text was escaped. */
export type Html = ReturnType<typeof html> | "";
