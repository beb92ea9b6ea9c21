import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatJson } from "../../lib/core/json.ts";
import { createRedactor } from "../../lib/core/redactor.ts";

describe("a secret", () => {
  const secret = 'p@ss/w"ord+é 1!(~)';
  const redactor = createRedactor([secret]);
  const base64 = Buffer.from(secret).toString("base64");

  test.each([
    ["as it is", secret],
    ["in base64", base64],
    ["in base64url", Buffer.from(secret).toString("base64url")],
    ["URL-encoded", encodeURIComponent(secret)],
    ["form-encoded", encodeURIComponent(secret).replaceAll("%20", "+")],
    ["URL-encoded as RFC 3986 wants it", "p%40ss%2Fw%22ord%2B%C3%A9%201%21%28~%29"],
    ["URL-encoded in small letters", encodeURIComponent(secret).toLowerCase()],
    ["form-encoded as browsers do it", new URLSearchParams({ secret }).toString()],
    ["in the path of a URL", `https://host${new URL(`https://host/${secret}`).pathname}`],
    ["in the query of a URL", `https://host${new URL(`https://host/?key=${secret}`).search}`],
    ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
    ["JSON-escaped to ASCII", JSON.stringify(secret).slice(1, -1).replace("é", "\\u00e9")],
    ["JSON-escaped with its slashes", JSON.stringify(secret).slice(1, -1).replace("/", "\\/")],
    ["behind a user name in base64", Buffer.from(`user:${secret}`).toString("base64")],
    ["behind a longer user name in base64", Buffer.from(`some.user:${secret}`).toString("base64")],
  ])("is blanked %s", (_form, text) => {
    const blanked = redactor.text(`before ${text} after`);
    expect(blanked).toContain("***");
    expect(blanked).not.toContain(text.slice(4, -4));
  });

  test("with a backslash is blanked as a URL parser writes it in a query", () => {
    const odd = 'other"key\\weird';
    expect(createRedactor([odd]).text(String(new URL(`https://host/?key=${odd}`)))).toBe(
      "https://host/?key=***",
    );
  });

  test("is blanked in keys, lists and nested objects", () => {
    expect(formatJson(redactor.json({ [secret]: [{ a: `x${secret}` }] }))).toBe('{"***":[{"a":"x***"}]}');
  });

  test("that is a number is blanked where it stands as one", () => {
    expect(createRedactor(["12345678"]).json({ pin: 12345678, n: 1 })).toEqual({ pin: "***", n: 1 });
  });

  test("shorter than four characters is left: it would blank ordinary text", () => {
    expect(createRedactor(["abc"]).text("abc")).toBe("abc");
  });

  test("contained in another does not leave the other's rest", () => {
    expect(createRedactor(["secret", "secret-longer"]).text("secret-longer")).toBe("***");
  });
});

test("a value without secrets is the same value", () => {
  const value = { a: [1, "x", { b: null }] };
  expect(createRedactor(["hidden"]).json(value)).toBe(value);
});

test("no secret of any kind is seen in any text around it", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, unit: "grapheme" }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        const { text } = createRedactor([secret]);
        fc.pre(!secret.includes("*"));
        expect(text(before + secret + after).replaceAll("***", "")).not.toContain(secret);
      },
    ),
  );
});
