import type { Context, Hono } from "hono";
import type { Visitor } from "./access/access.ts";
import type { ConsoleStage } from "./console-stage.ts";

/** What travels with each request. */
export interface ConsoleEnv {
  readonly Bindings: {
    /** Address that the request came from. */
    readonly sourceIp?: string;
  };
  readonly Variables: { readonly stage: ConsoleStage; readonly visitor: Visitor };
}

/** The application that pages are added to. */
export type ConsoleApp = Hono<ConsoleEnv>;
/** One request of it. */
export type ConsoleContext = Context<ConsoleEnv>;
/** Adds a page, or the answers of its buttons, to the console. Everything in a file of `pages/` is behind the sign-in. */
export type AddPage = (app: ConsoleApp, stage: ConsoleStage) => void;
