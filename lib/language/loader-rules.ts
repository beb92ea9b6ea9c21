import type { RuleText } from "./rule.ts";

/** What loading a file can find; `check` shows it beside what its rules find. Errors, unless it says otherwise. */
export const LOADER_RULES = {
  "yaml-syntax": {
    summary: "The file is YAML 1.2, one document, without custom tags",
    why: "Nothing in a file can be read whose structure is unclear.",
  },
  "file-limits": {
    summary: "The file has at most 1 MiB, 100 alias expansions and 100 levels",
    why: "A small file must not become a huge workflow.",
  },
  "duplicate-key": {
    summary: "A key stands once in its mapping",
    why: "Of two values under one key the reader sees one and the machine may take the other.",
  },
  "refused-key": {
    summary: "Keys are text, no prototype's name, and of the form their place asks for",
    why: "Such a key could not be sent, or would reach what is no data.",
  },
  "unknown-key": {
    summary: "Every key is one of the language",
    why: "A misspelt key would silently do nothing.",
  },
  "misplaced-key": {
    summary: "A file with the key `workflow` has all others inside it",
    why: "A key beside the wrapper would silently do nothing.",
  },
  "missing-key": {
    summary: "Keys that are required are there",
    why: "The step or the workflow cannot work without them.",
  },
  "conflicting-keys": {
    summary: "Two keys do not say different things about one matter",
    why: "Only one of them could count.",
  },
  "ineffective-key": {
    severity: "warning",
    summary: "A key has an effect where it stands",
    why: "Its author expects something that does not happen.",
  },
  "wrong-type": {
    summary: "Every value has the type that its key asks for",
    why: "The step could not work with it.",
  },
  "wrong-value": {
    summary: "Every value is one that its key allows",
    why: "The step could not work with it.",
  },
  "wrong-parameters": {
    summary: "The parameters of a step fit together",
    why: "Each may be right alone while the step cannot do what they say together.",
  },
  "nothing-to-cache": {
    summary: "`cache` stands on steps that have a result of their own",
    why: "Who finds a kept result does not run the step: what it does beside giving a result would be missing.",
  },
  "unknown-step": {
    summary: "Every step has a type that exists",
    why: "Nobody would know what to do.",
  },
  "duplicate-id": {
    summary: "An id belongs to one step",
    why: "History, metrics and tests name steps by it.",
  },
  "template-syntax": {
    summary: "Every `${…}` can be read",
    why: "A template that does not parse would send its own text.",
  },
  "path-syntax": {
    summary: "Every path can be read",
    why: "It could not be looked up.",
  },
  "pattern-syntax": {
    summary: "Regular expressions are of RE2's syntax",
    why: "Only those run in time linear in the text; others let a sender stop the workflow.",
  },
  "refused-target": {
    summary: "Results are written where they can be read again",
    why: "Reserved names hide state keys of the same name, and prototypes are no place for data.",
  },
  "duplicate-env": {
    summary: "A name of the environment is declared once",
    why: "Two declarations may differ in whether it is secret.",
  },
  "undeclared-env": {
    severity: "warning",
    summary: "Every name that `${env:…}` reads is declared",
    why: "A name that is not declared counts as secret, and nobody sees what the workflow needs.",
  },
  "short-secret": {
    severity: "warning",
    summary: "Secrets have at least 4 characters",
    why: "A shorter one cannot be blanked without blanking ordinary text, so it is not.",
  },
  "duplicate-name": {
    summary: "A workflow's name belongs to one file",
    why: "The name is the workflow's identity in a stage.",
  },
  "unreadable-file": {
    summary: "The file can be read",
    why: "It is UTF-8 text that this user may open, or nothing can be said of it.",
  },
} satisfies { readonly [id: string]: RuleText };

/** The id of something that loading can find. */
export type LoaderRule = keyof typeof LOADER_RULES;
