import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { excerpt } from "../../lib/core/excerpt.ts";
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

describe("a secret that is", () => {
  const pem = [
    "-----BEGIN PRIVATE KEY-----",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "QIBADANBgkqhkiG9w0BAQEFAASCMIIEv",
    "ends==",
    "-----END PRIVATE KEY-----",
  ].join("\n");

  test("a key of several lines is blanked whole, in one line, and line by line", () => {
    const { text } = createRedactor([`${pem}\n`]);
    expect(text(`key: ${pem}`)).toBe("key: ***");
    expect(text(JSON.stringify({ pem }))).toBe('{"pem":"***"}');
    expect(text(pem.split("\n").slice(1, 3).join(""))).toBe("******");
    expect(text("-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----");
  });

  test("a JSON document is blanked text by text, from 16 characters on", () => {
    const { text, json } = createRedactor([JSON.stringify({ type: "account", private_key: pem })]);
    expect(text(`it says ${pem}`)).toBe("it says ***");
    expect(json({ type: "account", key: "QIBADANBgkqhkiG9w0BAQEFAASCMIIEv" })).toEqual({
      type: "account",
      key: "***",
    });
  });

  test("stored with a line break at its end is blanked without it too", () => {
    expect(createRedactor(["s3cr3t\n"]).text("Bearer s3cr3t.")).toBe("Bearer ***.");
  });

  test("found at the very start of a text does not take what is not there", () => {
    expect(createRedactor(["b%2%a"]).text("b%2%aaa")).toBe("***aa");
  });

  test("made of asterisks leaves nothing that looks like it", () => {
    const { text } = createRedactor(["****", "other"]);
    expect(text("a **** b")).toBe("a *** b");
    expect(text("**other**")).toBe("***");
  });
});

// Letters that no secret below has, and that base64 never writes.
const surroundings = fc.string({ unit: fc.constantFrom(...'αβγ δε\n"{}:,ж'), maxLength: 20 });
const secretText = fc
  .string({ unit: "grapheme", minLength: 4, maxLength: 40 })
  .filter(
    (text) => text.trim() === text && !/[*αβγδεж\\]$|^[\\]|\s{4}/u.test(text) && /[^\s"{}:,]{2}/.test(text),
  );

/** One character as it is, percent-encoded (the bytes in capitals or not), or escaped as JSON may write it. */
const spelling = fc.constantFrom(
  (char: string) => char,
  (char: string) => percent(char),
  (char: string) => percent(char).toLowerCase(),
  (char: string) => percent(char).replaceAll("%", "%25"),
  (char: string) => (char === " " ? "+" : char),
  (char: string) => unicodeEscape(char),
  (char: string) => unicodeEscape(char).replaceAll("\\", "\\\\"),
  (char: string) => JSON.stringify(char).slice(1, -1),
  (char: string) => JSON.stringify(JSON.stringify(char).slice(1, -1)).slice(1, -1),
);

function percent(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

function unicodeEscape(char: string): string {
  return char
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** A secret without characters that themselves begin an escape, and the same with each character spelled some way. */
const spelled = secretText
  .filter((secret) => !/[\\%+]/.test(secret))
  .chain((secret) => {
    const chars = [...secret];
    return fc
      .array(spelling, { minLength: chars.length, maxLength: chars.length })
      .map((ways) => ({ secret, text: chars.map((char, at) => ways[at]?.(char)).join("") }));
  });

/** Any text cut into pieces. */
function inPieces(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, at) => text.slice(places[at], end));
}

describe("for any secret and any text around it", () => {
  test("the secret alone is replaced, however its characters are escaped", () => {
    fc.assert(
      fc.property(spelled, surroundings, surroundings, ({ secret, text }, before, after) => {
        expect(createRedactor([secret]).text(before + text + after)).toBe(`${before}***${after}`);
      }),
      { numRuns: 1_000 },
    );
  });

  test("JSON inside JSON inside a URL shows nothing of it", () => {
    fc.assert(
      fc.property(secretText, surroundings, (secret, around) => {
        const { text } = createRedactor([secret]);
        let encoded = around + secret;
        for (const encode of [JSON.stringify, JSON.stringify, encodeURIComponent, JSON.stringify]) {
          encoded = encode(encoded.toWellFormed());
          expect(text(encoded)).toContain("***");
          expect(text(encoded).length).toBeLessThan(encoded.length);
        }
      }),
    );
  });

  test("no base64 of a longer text holds the secret's digits", () => {
    const anyText = fc.string({ unit: "binary", maxLength: 12 });
    const contents = fc.constantFrom(
      (text: string) => text,
      (text: string) => JSON.stringify(text).slice(1, -1),
      (text: string) => encodeURIComponent(text),
    );
    fc.assert(
      fc.property(secretText, anyText, anyText, contents, (raw, before, after, encode) => {
        const secret = raw.toWellFormed();
        const { text } = createRedactor([secret]);
        const content = encode(secret);
        const bytes = Buffer.from(before.toWellFormed() + content + after.toWellFormed());
        const start = Buffer.byteLength(before.toWellFormed());
        const end = start + Buffer.byteLength(content);
        for (const alphabet of ["base64", "base64url"] as const) {
          const digits = bytes.toString(alphabet);
          const certain = digits.slice(Math.ceil((start * 4) / 3), Math.floor((end * 4) / 3));
          for (const shown of [
            digits,
            encodeURIComponent(digits),
            JSON.stringify(digits).replaceAll("/", "\\/"),
          ])
            expect(decodeURIComponent(text(shown)).replaceAll("\\", "")).not.toContain(certain);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("what was blanked once stays as it is", () => {
    const pieces = fc.array(
      fc.oneof(fc.nat(3), fc.string({ unit: fc.constantFrom(..."ab*%2\\"), maxLength: 6 })),
      {
        maxLength: 12,
      },
    );
    const secrets = fc.array(fc.string({ unit: fc.constantFrom(..."ab*%2\\"), minLength: 4, maxLength: 8 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(secrets, pieces, (all, parts) => {
        const { text } = createRedactor(all);
        const once = text(
          parts.map((part) => (typeof part === "number" ? (all[part] ?? "") : part)).join(""),
        );
        expect(text(once)).toBe(once);
        for (const secret of all) expect(once).not.toContain(secret);
      }),
      { numRuns: 1_000 },
    );
  });

  test("pieces of a text give what the whole text gives", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(surroundings, spelled), { minLength: 1, maxLength: 3 }),
        surroundings,
        fc.array(fc.nat(), { maxLength: 8 }),
        (parts, end, cuts) => {
          const redactor = createRedactor(parts.map(([, { secret }]) => secret));
          const whole = parts.map(([before, { text }]) => before + text).join("") + end;
          const stream = redactor.stream();
          const shown = inPieces(whole, cuts).map((piece) => stream.push(piece));
          expect([...shown, stream.end()].join("")).toBe(redactor.text(whole));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("text without it comes out as it went in, also in pieces", () => {
    const alphabet = fc.constantFrom(...'xyz %2541\\"u00+/=*é\ud800');
    fc.assert(
      fc.property(
        fc.string({ unit: alphabet, maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (text, cuts) => {
          const redactor = createRedactor(["s3cr3t-value/with+all%of\\it", 'another "one"']);
          expect(redactor.text(text)).toBe(text);
          const stream = redactor.stream();
          const shown = inPieces(text, cuts).map((piece) => stream.push(piece));
          expect([...shown, stream.end()].join("")).toBe(text);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

test("a stream keeps back only what may be the start of a secret", () => {
  const stream = createRedactor(["s3cr3t-value"]).stream();
  expect([
    stream.push("the key is s3cr"),
    stream.push("3t-val"),
    stream.push("ue, or s3"),
    stream.push("x"),
  ]).toEqual(["the key is ", "", "***, or ", "s3x"]);
  expect(stream.end()).toBe("");
});

test("a secret that was cut off with its text is blanked as far as it goes", () => {
  const { text } = createRedactor(["s3cr3t-value"]);
  expect(text(excerpt("the key is s3cr3t-value", 20))).toBe("the key is ***…");
  expect(text('{"key":"s3cr%33…')).toBe('{"key":"***…');
  expect(text("sec… and s3…")).toBe("sec… and s3…");
});
