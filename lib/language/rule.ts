import type { Provider } from "../core/ports/llm.ts";
import type { Workflow } from "../core/workflow.ts";
import type { Flow } from "./check/flow/build-flow.ts";
import type { Readers } from "./check/flow/readers.ts";
import type { ResolvedRead } from "./check/flow/resolve-reads.ts";
import type { FoundSecret } from "./check/secrets/find-secrets.ts";
import type { ReadBeside } from "./check-text.ts";
import type { Fix, Problem } from "./problem.ts";
import type { YamlNode } from "./yaml-node.ts";

/** What the reference says of a rule. */
export interface RuleText {
  /** Default: error. */
  readonly severity?: Problem["severity"];
  /** The rule, as a sentence that holds for a file that keeps it. */
  readonly summary: string;
  /** What happens to those who don't keep it. */
  readonly why: string;
}

/** What rules are about, in the order of the checklist. */
export const AREAS = ["correctness", "reliability", "security", "cost", "documentation"] as const;
/** One of {@link AREAS}. */
export type RuleArea = (typeof AREAS)[number];

/** Something that breaks a rule, at an offset into the file's text. */
export interface Found {
  readonly at: number;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
}

/** Where a program does not compile; lines and columns count from 1. */
export interface CodeProblem {
  /** Which of the programs, from 0. */
  readonly index: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a check cannot know by itself. What is absent is not checked. */
export interface CheckServices {
  compileJq?(programs: readonly string[]): Promise<readonly CodeProblem[]>;
  compilePython?(programs: readonly string[]): Promise<readonly CodeProblem[]>;
  /** US dollars for a million tokens in and as many out; null for a model nobody knows. */
  priceOf?(provider: Provider, model: string): Promise<number | null>;
  /** Names of the workflows that stand beside the file. */
  workflowNames?(): Promise<readonly string[]>;
  readonly beside?: ReadBeside;
  /** Values of the environment in one stage. */
  readonly stage?: { readonly name: string; has(variable: string): boolean };
}

/** A file as rules see it. */
export interface CheckedFile {
  readonly text: string;
  readonly root: YamlNode;
  readonly workflow: Workflow;
  readonly flow: Flow;
  readonly reads: readonly ResolvedRead[];
  readonly readers: Readers;
  readonly secrets: readonly FoundSecret[];
  readonly services: CheckServices;
  lineOf(at: number): number;
}

/** A rule of `check`. */
export interface Rule extends RuleText {
  /** Stable: files name it to switch it off. */
  readonly id: string;
  readonly severity: Problem["severity"];
  readonly area: RuleArea;
  check(file: CheckedFile): Iterable<Found> | AsyncIterable<Found>;
}
