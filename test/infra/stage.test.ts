import { expect, test } from "@jest/globals";
import { parseOrgId, parseStage } from "../../infra/stage.ts";

test.each(["dev", "prod", "eu-west-2-blue"])("%j is a stage", (name) => {
  expect(parseStage(name)).toBe(name);
});

test.each(["Prod", "1st", "", "a_b", "x".repeat(33), 7, undefined])("%j is no stage", (name) => {
  expect(() => parseStage(name)).toThrow(/is not a stage: write 1 to 32 lower-case letters/);
});

test("the stage of the local stack cannot be deployed", () => {
  expect(() => parseStage("local")).toThrow('"local" is the stage that npm start plays');
});

test.each(["a/b", "", "a b", "x".repeat(65)])(
  "%j is no org_id, since it would not be one segment of a URL",
  (id) => {
    expect(() => parseOrgId(id)).toThrow("is not an org_id");
  },
);
