import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { Json } from "../core/json.ts";
import { parseScalar } from "../core/scalar.ts";
import type { ProblemLog } from "./problem-log.ts";
import { syntaxHint } from "./syntax-hint.ts";
import type { YamlEntry, YamlNode } from "./yaml-node.ts";

/** language.md section 1. */
const MOST_BYTES = 1024 * 1024;
const MOST_ALIASES = 100;
/** Everything that works on the values afterwards is recursive. */
const DEEPEST = 100;
/** Characters and values after aliases were expanded: twice what a file without aliases can hold. */
const MOST_EXPANDED = 2 * MOST_BYTES;

/** What a file should hold, for messages about one that is empty. */
const WORKFLOW = { what: "a workflow", start: "start with the keys name and steps" };

/** Reads YAML 1.2 (core schema, no custom tags) into a tree with places; undefined when problems were found. */
export function readYaml(
  text: string,
  problems: ProblemLog,
  { what, start }: { readonly what: string; readonly start: string } = WORKFLOW,
): YamlNode | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    const way = "split it, or keep data out of it";
    problems.error(
      "file-limits",
      0,
      `the file has ${bytes} bytes, expected at most ${MOST_BYTES} (1 MiB)`,
      way,
    );
    return undefined;
  }
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    resolveKnownTags: false,
    // The check of the library compares every key with every other; readEntries does it in linear time.
    uniqueKeys: false,
    prettyErrors: false,
  });
  reportSyntax(document, text, problems);
  if (problems.errorCount() > 0) return undefined;
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    problems.error("yaml-syntax", 0, `the file is empty, expected ${what}`, start);
    return undefined;
  }
  const root = readTree(contents, problems);
  return problems.errorCount() > 0 ? undefined : root;
}

function reportSyntax(document: Document.Parsed, text: string, problems: ProblemLog): void {
  if (document.directives.yaml.version !== "1.2") {
    const version = document.directives.yaml.version;
    problems.error(
      "yaml-syntax",
      0,
      `the file says it is YAML ${version}, expected YAML 1.2`,
      "remove the %YAML line",
    );
  }
  const lines = new Set<number>();
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const at = Math.min(pos[0], text.length);
    // What follows on the same line is mostly an echo of the first fault.
    const line = problems.lineOf(at);
    if (lines.has(line)) continue;
    lines.add(line);
    const { say, hint } = syntaxHint(code, message, text, at);
    problems.error("yaml-syntax", at, say, hint);
  }
}

interface Anchor {
  readonly node: YamlNode;
  readonly aliases: number;
  readonly weight: number;
  readonly height: number;
}

/** Walks the library's nodes once, in the order of the file; an alias stands where it is, with the content of its anchor. */
function readTree(contents: unknown, problems: ProblemLog): YamlNode {
  const anchors = new Map<string, Anchor | "open">();
  let aliases = 0;
  let weight = 0;
  let deepest = 0;
  let refused = false;

  /** Says once why the file is not read any further. */
  function refuse(at: number, message: string, hint: string): YamlNode {
    if (!refused) problems.error("file-limits", at, message, hint);
    refused = true;
    return { value: null, at, end: at };
  }

  function read(raw: unknown, depth: number, fallbackAt: number): YamlNode {
    const at = placeOf(raw) ?? fallbackAt;
    if (refused) return { value: null, at, end: at };
    if (depth > DEEPEST) {
      return refuse(
        at,
        `nested more than ${DEEPEST} levels deep`,
        "move part of it into a workflow of its own",
      );
    }
    deepest = Math.max(deepest, depth);
    weight += 1;
    if (isAlias(raw)) return expand(raw.source, depth, at, endOf(raw) ?? at);
    const anchor = isScalar(raw) || isMap(raw) || isSeq(raw) ? raw.anchor : undefined;
    if (anchor === undefined) return readContent(raw, depth, at);
    const before = { aliases, weight, deepest };
    anchors.set(anchor, "open");
    deepest = depth;
    const node = readContent(raw, depth, at);
    const size = {
      aliases: aliases - before.aliases,
      weight: weight - before.weight,
      height: deepest - depth,
    };
    anchors.set(anchor, { node, ...size });
    deepest = Math.max(deepest, before.deepest);
    return node;
  }

  function expand(name: string, depth: number, at: number, end: number): YamlNode {
    const anchor = anchors.get(name);
    if (anchor === undefined) {
      problems.error(
        "yaml-syntax",
        at,
        `the alias *${name} has no anchor before it`,
        `mark the value it repeats with &${name}`,
      );
      return { value: null, at, end: at };
    }
    if (anchor === "open")
      return refuse(at, `the alias *${name} stands inside its own anchor`, "write it out");
    aliases += 1 + anchor.aliases;
    weight += anchor.weight;
    if (aliases > MOST_ALIASES) {
      return refuse(at, `more than ${MOST_ALIASES} aliases are expanded`, "write some of them out");
    }
    if (weight > MOST_EXPANDED || depth + anchor.height > DEEPEST) {
      return refuse(at, `the alias *${name} makes the file too large or too deep`, "repeat less of it");
    }
    return { ...anchor.node, at, end };
  }

  function readContent(raw: unknown, depth: number, at: number): YamlNode {
    if (isMap(raw)) return readMapping(raw, depth, at);
    if (isSeq(raw)) {
      const items = raw.items.map((item) => read(isPair(item) ? null : item, depth + 1, at));
      return {
        value: items.map(({ value }) => value),
        at,
        end: endOf(raw) ?? items.at(-1)?.end ?? at,
        items,
      };
    }
    if (!isScalar(raw)) return { value: null, at, end: at };
    const value = scalarValue(raw);
    if (typeof value === "string") weight += value.length;
    const end = endOf(raw) ?? at;
    return raw.type === "PLAIN" && raw.source !== undefined
      ? { value, at, end, source: raw.source }
      : { value, at, end };
  }

  function readMapping(map: YAMLMap, depth: number, at: number): YamlNode {
    const entries = new Map<string, YamlEntry>();
    for (const pair of map.items) {
      const keyAt = placeOf(pair.key) ?? at;
      const key = keyOf(pair, keyAt);
      if (key === undefined) continue;
      if (entries.has(key)) {
        problems.error(
          "duplicate-key",
          keyAt,
          `the key "${key}" stands twice in this mapping`,
          "keep one of them",
        );
        continue;
      }
      entries.set(key, { keyAt, node: read(pair.value, depth + 1, keyAt) });
    }
    const value: Json = Object.fromEntries([...entries].map(([key, { node }]) => [key, node.value]));
    return { value, at, end: endOf(map) ?? [...entries.values()].at(-1)?.node.end ?? at, entries };
  }

  function keyOf({ key }: Pair, at: number): string | undefined {
    if (!isScalar(key)) {
      const hint = isMap(key)
        ? "a placeholder is written ${name}; put quotes around text with braces"
        : undefined;
      problems.error("refused-key", at, "found a list, a mapping or an alias as a key, expected text", hint);
      return undefined;
    }
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    if (name !== "__proto__") return name;
    problems.error(
      "refused-key",
      at,
      'the key "__proto__" is refused: it names a prototype',
      "choose another name",
    );
    return undefined;
  }

  return read(contents, 0, 0);
}

/** Numbers keep their digits; `.inf` and `.nan` have no JSON form and stay text. */
function scalarValue({ value, source }: Scalar): Json {
  if (typeof value === "number" || typeof value === "bigint") return parseScalar(source ?? String(value));
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

/** Behind a scalar, an alias, or brackets; a block of lines ends with the last thing in it. */
function endOf(raw: unknown): number | undefined {
  if (isScalar(raw) || isAlias(raw)) return raw.range?.[1];
  return (isMap(raw) || isSeq(raw)) && raw.flow ? raw.range?.[1] : undefined;
}

function placeOf(raw: unknown): number | undefined {
  return isScalar(raw) || isMap(raw) || isSeq(raw) || isAlias(raw) ? raw.range?.[0] : undefined;
}
