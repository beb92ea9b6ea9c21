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

describe("what stages.yaml says of a stage", () => {
  const text =
    "stages:\n  prod: { environment: { URL: of-the-stage, B: s }, private_hosts: [crm.internal] }\n  dev: {}\n";
  const readFile = (name: string) =>
    ({ "stages.yaml": text, ".env.prod": "B=env-prod", ".env": "URL=env\nC=env" })[name];
  const values = (stage: string) =>
    pickValues(
      ["URL", "B", "C", "HOOKLINE_ALLOW_PRIVATE_HOSTS"],
      localSources({ shell: {}, stage, readFile }),
    );

  test("is stronger than .env, weaker than .env.<stage>, and names the private hosts", () => {
    expect(values("prod")).toEqual({
      URL: "of-the-stage",
      B: "env-prod",
      C: "env",
      HOOKLINE_ALLOW_PRIVATE_HOSTS: "crm.internal",
    });
  });

  test("counts for that stage only", () => {
    expect(values("dev")).toEqual({ URL: "env", C: "env" });
    expect(values("local")).toEqual({ URL: "env", C: "env" });
  });

  test("is told when it cannot be read", () => {
    expect(() => localSources({ shell: {}, stage: "dev", readFile: () => "stages: 7" })).toThrow(
      "stages.yaml:1:9: error: stages: found the number 7, expected a mapping",
    );
  });
});
