import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { readPath } from "../../lib/core/path.ts";
import { type Lookup, parseTemplate } from "../../lib/core/template.ts";
import { renderUrl } from "../../lib/core/url-template.ts";

function render(url: string, state: JsonObject = {}, env: { [name: string]: string } = {}): string {
  const lookup: Lookup = {
    path: (path) => readPath(state, path),
    env: (name) => env[name],
    missing: () => {},
  };
  return renderUrl(parseTemplate(url), lookup);
}

describe("state behind the host", () => {
  test.each<[string, Json, string]>([
    ["https://a.test/x/${id}", "a/b", "https://a.test/x/a%2Fb"],
    ["https://a.test/x/${id}", "a?b=c&d#e", "https://a.test/x/a%3Fb%3Dc%26d%23e"],
    ["https://a.test/x?q=${id}&r=1", "a b+c", "https://a.test/x?q=a%20b%2Bc&r=1"],
    ["https://a.test/${id}", "Köln", "https://a.test/K%C3%B6ln"],
    ["https://a.test/${id}", 12.5, "https://a.test/12.5"],
    ["https://a.test/${id}", { a: [1] }, "https://a.test/%7B%22a%22%3A%5B1%5D%7D"],
    ["https://a.test/${id}/z", null, "https://a.test//z"],
    ["https://a.test/${id}", "%2e%2e", "https://a.test/%252e%252e"],
    ["https://a.test/${id}", "\ud800", "https://a.test/%EF%BF%BD"],
    ["https://a.test/${id}", "...", "https://a.test/..."],
    ["https://a.test?${id}", "a=b", "https://a.test?a%3Db"],
    ["https://a.test/?p=${id}/x", "..", "https://a.test/?p=../x"],
  ])("%s with %j is %s", (url, id, expected) => {
    expect(render(url, { id })).toBe(expected);
  });

  test("any text stays one segment of the path and changes neither host nor query", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        fc.pre(id !== "." && id !== "..");
        const url = new URL(render("https://a.test/users/${id}/orders?x=1", { id }));
        expect([url.host, url.search, url.hash, url.pathname.split("/").length]).toEqual([
          "a.test",
          "?x=1",
          "",
          4,
        ]);
        expect(decodeURIComponent(url.pathname.split("/")[2] ?? "")).toBe(id.toWellFormed());
      }),
    );
  });

  test.each([
    ["https://a.test/users/${id}/orders", ".."],
    ["https://a.test/users/${id}", "."],
    ["https://a.test/users/.${id}/x", "."],
    ["https://a.test/users/%2e${id}", "."],
  ])("%s with %j would climb and is refused", (url, id) => {
    expect(() => render(url, { id })).toThrow(expect.objectContaining({ class: "invalid_input" }));
  });
});

describe("state in the host", () => {
  test("a tenant goes in as it is", () => {
    expect(render("https://${t}.a.test:${port}/x", { t: "acme", port: 8443 })).toBe(
      "https://acme.a.test:8443/x",
    );
  });

  test.each(["evil.test/", "evil.test?", "evil.test#", "me@evil.test", "evil.test\\", "evil test", "evil\n"])(
    "%j is refused",
    (t) => {
      expect(() => render("https://${t}.a.test/", { t })).toThrow(
        expect.objectContaining({ class: "invalid_input" }),
      );
    },
  );

  test.each(["https:${t}/x", "https:/${t}/x", "HTTPS://${t}/x", "https:\\\\${t}/x"])(
    "%s is known as a host too",
    (url) => {
      expect(() => render(url, { t: "a@evil.test" })).toThrow(
        expect.objectContaining({ class: "invalid_input" }),
      );
    },
  );

  test("a path in a placeholder of its own must not start in the host", () => {
    expect(() => render("https://a.test${path}", { path: "/x" })).toThrow(/\$\{path\} is "\/x"/);
  });
});

describe("what goes in as it is", () => {
  test("a whole-value placeholder", () => {
    expect(render("${next}", { next: "https://a.test/x?y=/z#q" })).toBe("https://a.test/x?y=/z#q");
  });

  test("a whole-value placeholder over nothing is empty text", () => {
    expect(render("${next}")).toBe("");
  });

  test("names of the environment, wherever they stand", () => {
    const env = { BASE: "https://a.test/v1?", Q: "x=1&y=/2" };
    expect(render("${env:BASE}${env:Q}&id=${id}", { id: "a&b" }, env)).toBe(
      "https://a.test/v1?x=1&y=/2&id=a%26b",
    );
  });

  test("state before the host", () => {
    expect(render("${base}/users/${id}", { base: "https://a.test/v1", id: "a/b" })).toBe(
      "https://a.test/v1/users/a%2Fb",
    );
  });
});
