import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const docs = join(import.meta.dirname, "../docs");
const page = readFileSync(join(docs, "promises.md"), "utf8");
const sections = page.split(/^## (?=P\d)/m).slice(1);

/** The numbers that names of a file's tests begin with. */
function promisesIn(file: string): readonly string[] {
  const names = readFileSync(join(docs, file), "utf8").matchAll(/["`]((?:P\d[: ]+)+)/g);
  return [...names].flatMap(([, numbers = ""]) => numbers.match(/P\d/g) ?? []);
}

describe("the promises", () => {
  test("are those of execution.md, in their order", () => {
    expect(sections.map((section) => section.slice(0, 2))).toEqual([
      "P1",
      "P2",
      "P3",
      "P4",
      "P5",
      "P6",
      "P7",
      "P8",
      "P9",
    ]);
  });

  test.each(sections.map((section) => [section.slice(0, 2), section] as const))(
    "%s links files that have tests of it",
    (promise, section) => {
      const links = [...section.matchAll(/\]\(([^)]+\.test\.ts)\)/g)].map(([, file = ""]) => file);
      expect(links.length).toBeGreaterThan(0);
      for (const file of links)
        expect({ file, promises: promisesIn(file) }).toMatchObject({
          promises: expect.arrayContaining([promise]),
        });
    },
  );

  test("are named in the README, each with a link to its tests", () => {
    const readme = readFileSync(join(docs, "../README.md"), "utf8");
    const links = [...readme.matchAll(/docs\/promises\.md#([\w-]+)/g)].map(([, anchor]) => anchor);
    const anchors = sections.map((section) =>
      (section.split("\n")[0] ?? "")
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
    expect(links).toEqual(anchors);
  });
});
