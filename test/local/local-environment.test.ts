import { describe, expect, test } from "@jest/globals";
import { localSources, parseAssignment, pickValues } from "../../lib/local/local-environment.ts";

const files: { readonly [name: string]: string } = {
  ".env.dev": "B=dev\nC='dev # quoted'\n",
  ".env": "# a comment\nB=all\nD=all\n",
};
const sources = localSources({
  given: { A: "given" },
  shell: { A: "shell", OTHER: "not asked for", NOTHING: undefined },
  stage: "dev",
  readFile: (name) => files[name],
});

describe("the values of a local run", () => {
  test("come from --env, the shell, .env.<stage>, .env, the first that has the name", () => {
    expect(pickValues(["A", "B", "C", "D", "NOTHING", "E"], sources)).toEqual({
      A: "given",
      B: "dev",
      C: "dev # quoted",
      D: "all",
    });
  });

  test("hold no name that was not asked for, and none of an object's own making", () => {
    expect(pickValues(["constructor", "toString"], sources)).toEqual({});
  });

  test.each([
    ["NAME=value", { name: "NAME", value: "value" }],
    ["NAME=a=b\nc", { name: "NAME", value: "a=b\nc" }],
    ["NAME=", { name: "NAME", value: "" }],
    ["NAME", undefined],
    ["1NAME=x", undefined],
    ["=x", undefined],
  ])("--env %j is %j", (text, expected) => {
    expect(parseAssignment(text)).toEqual(expected);
  });
});
