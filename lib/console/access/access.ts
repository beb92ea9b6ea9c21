import type { ConsoleRight } from "../../core/ports/console-tokens.ts";
import type { ConsoleApp, ConsoleContext } from "../console-app.ts";

/** Somebody who may see the pages. */
export interface Visitor {
  readonly right: ConsoleRight;
  /** They signed in, and can sign out. */
  readonly signedIn: boolean;
  /** Who the stage's provider says it is; absent: nobody knows. */
  readonly name?: string;
  /** Key that this visitor's forms are signed with; nobody else's forms have it. */
  readonly formKey: string;
}

/** How people get into the console of a stage. */
export interface Access {
  /** Names that the console answers to; absent: any, since it is closed. */
  readonly hosts?: readonly string[];
  /** Who asks; undefined: nobody who may. @throws what reading the tokens threw. */
  visitor(context: ConsoleContext): Promise<Visitor | undefined>;
  /** Adds the pages that those may see who are nobody yet. */
  addPages?(app: ConsoleApp): void;
}
