import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { writeEnvValue } from "../../lib/local/write-env-value.ts";

const folder = mkdtempSync(join(tmpdir(), "hookline-env-"));
const file = join(folder, ".env.local");
afterAll(() => rmSync(folder, { recursive: true }));

const read = () => ({ ...parseEnv(readFileSync(file, "utf8")) });

test("a private key in PEM is kept line by line, and replaced and taken away as a whole", () => {
  const pem = () =>
    generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const [first, second] = [pem(), pem()];
  writeFileSync(file, "A=1\n");
  writeEnvValue(file, "KEY", first);
  writeEnvValue(file, "B", "2");
  expect(read()).toEqual({ A: "1", KEY: first, B: "2" });
  writeEnvValue(file, "KEY", second);
  expect(read()).toEqual({ A: "1", KEY: second, B: "2" });
  writeEnvValue(file, "KEY", undefined);
  expect(readFileSync(file, "utf8")).toBe("A=1\nB='2'\n");
});

test("a line of another value that looks like an entry stays", () => {
  writeFileSync(file, "# KEY='x\nOTHER='a\nKEY=1\nb' # it's\n  export KEY = old\n");
  writeEnvValue(file, "KEY", "new");
  expect(readFileSync(file, "utf8")).toBe("# KEY='x\nOTHER='a\nKEY=1\nb' # it's\nKEY='new'\n");
});

test.each([
  ["a carriage return", "a\r\nb"],
  ["all kinds of quotes", "'\"`"],
  ["quotes, and what double ones would change", "'`\\n"],
])("%s is refused, without the value", (_what, value) => {
  writeFileSync(file, "A=1\n");
  expect(() => writeEnvValue(file, "KEY", value)).toThrow(/^the value of KEY has /);
  expect(read()).toEqual({ A: "1" });
});

test("whatever is written is read back, and nothing else changes", async () => {
  const name = fc.constantFrom("A", "B", "KEY");
  const value = fc
    .string({ unit: fc.constantFrom("'", '"', "`", "\n", " ", "=", "#", "\\", "n", "A", "\t", "ü") })
    .filter((text) => !/'/.test(text) || !/`/.test(text) || !/"|\\n/.test(text));
  await fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.option(value, { nil: undefined }))), (writes) => {
      writeFileSync(file, "");
      const expected: Record<string, string> = {};
      for (const [key, text] of writes) {
        writeEnvValue(file, key, text);
        if (text === undefined) delete expected[key];
        else expected[key] = text;
        expect(read()).toEqual(expected);
      }
    }),
    { seed: 7, numRuns: 100 },
  );
});
