import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FlowError } from "../../lib/core/flow-error.ts";
import { type Json, jsonEquals } from "../../lib/core/json.ts";
import { readPath } from "../../lib/core/path.ts";
import { renderSoql } from "../../lib/core/soql-template.ts";
import { type Lookup, parseTemplate, renderDeep, renderTemplate, textOf } from "../../lib/core/template.ts";
import { renderUrl } from "../../lib/core/url-template.ts";
import { anyState, evaluable, mutated, pathText } from "./fragments.ts";
import { fuzzTarget } from "./fuzz-target.ts";

const SOUND = 'Dear ${a.b}, ${env:NAME, "x, }"} owes $${x} ${["odd }"], 5}: ${a[0]["k"], null}${env:OTHER}';
const PIECES = ["${", "}", "$${", "$", ",", "env:", '"', "'", "[", "]", "\\", "${a}", "${env:A}", "{", " "];
const placeholder = fc
  .tuple(pathText, fc.constantFrom("", ", 1", ', "x"', ", [1]", ", ${a}"))
  .map((parts) => `\${${parts.join("")}}`);
const templateText = fc.oneof(
  mutated(SOUND, PIECES),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), placeholder, evaluable), { maxLength: 8 })
    .map((parts) => parts.join("")),
);

/** Any text as a template over any state: a FlowError, or a value; in text, in a URL and in a query. */
export const templates = fuzzTarget("templates", fc.tuple(templateText, anyState), ([text, state]) => {
  for (const render of [renderTemplate, renderUrl, renderSoql]) {
    const value = orRefused(() => render(parseTemplate(text), lookupIn(state)));
    assert.notEqual(typeof value, "function");
  }
});

/** Inserted text stays what it is: no placeholder in it is filled in, and it leaves neither literal nor segment. */
export const insertedText = fuzzTarget("inserted text", fc.tuple(evaluable, evaluable), ([one, other]) => {
  const lookup = onlyPaths({ a: one, b: other });
  const text = textOf(renderTemplate(parseTemplate("<${a}|$${a}|${b}>"), lookup));
  assert.equal(text, `<${one}|\${a}|${other}>`);
  assert.ok(jsonEquals(renderDeep({ x: ["${a}", "_${b}"] }, lookup), { x: [one, `_${other}`] }));
  const url = orRefused(() => renderUrl(parseTemplate("https://host/${a}/end?q=${b}"), lookup));
  if (url !== undefined) {
    const [path, query, ...more] = url.split("?");
    assert.deepEqual(more, []);
    assert.equal(path?.split("/").length, 5);
    assert.deepEqual([path?.split("/")[3], query?.slice(2)].map(String).map(decodeURIComponent), [
      one.toWellFormed(),
      other.toWellFormed(),
    ]);
  }
  const soql = orRefused(() =>
    renderSoql(parseTemplate("SELECT Id FROM A WHERE B = '${a}' AND C = '${b}'"), lookup),
  );
  if (soql !== undefined)
    assert.match(soql, /^SELECT Id FROM A WHERE B = '(?:[^'\\]|\\.)*' AND C = '(?:[^'\\]|\\.)*'$/s);
});

function lookupIn(state: Json): Lookup {
  return {
    path: (path) => readPath(state, path),
    env: (name) => (name === "NAME" ? "${a}" : undefined),
    missing() {},
  };
}

/** The environment is asked for nothing, since no template here names it. */
function onlyPaths(state: Json): Lookup {
  const fail = (name: string) => assert.fail(`${name} was looked up`);
  return { path: (path) => readPath(state, path), env: fail, missing: fail };
}

/** What the work gives, undefined when it refuses the text. */
function orRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    assert.ok(thrown instanceof FlowError, String(thrown));
    return undefined;
  }
}
