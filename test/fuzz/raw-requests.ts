import { Buffer } from "node:buffer";
import * as fc from "fast-check";

/** What a client writes on a connection, and where it is cut into packets. */
export interface RawTraffic {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
}

const text = (...texts: readonly string[]) => fc.constantFrom(...texts);
const latin1 = (value: string) => Buffer.from(value, "latin1");

const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const json = fc
  .oneof(
    text(
      '{"a":1}',
      '{"a":1,"a":2,"a":3}',
      '{"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}',
      '{"type":"url_verification","challenge":"c"}',
      '{"a":1e400,"b":12345678901234567890}',
      '{"a":"\\ud800"}',
      "[".repeat(2_000),
      `${"[".repeat(499)}${"]".repeat(499)}`,
      '{"a":'.repeat(1_000),
      '{"a":1}{"b":2}',
      "{'a':1}",
      "NaN",
      "",
      " ",
      "null",
      '"',
    ),
    fc.json(),
  )
  .map((value) => Buffer.from(value));
const odd = text(
  "\ufeff{}",
  "a=%FF&a=%&%=1&a=1&a=2&=&&",
  "--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--x--",
).map((value) => Buffer.from(value));
const wrongCharset = fc.constantFrom(
  Buffer.from('{"a":1}', "utf16le"),
  Buffer.from([0x22, 0xff, 0xfe, 0x22]),
  Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  Buffer.from([0xc3]),
  Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00]),
);
const large = fc.nat(3_000).map((size) => Buffer.alloc(size, "x"));
const body = fc.oneof({ weight: 4, arbitrary: json }, odd, wrongCharset, anyBytes, large);

const contentType = text(
  "application/json",
  "application/json; charset=utf-16",
  "APPLICATION/JSON ; a=b",
  "application/vnd.x+json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain",
  "text/plain, application/json",
  "image/png",
  "*/*",
  "",
  ";",
  "__proto__",
);
const header = fc.oneof(
  fc
    .tuple(
      text(
        "x-a",
        "X-Hub-Signature-256",
        "Stripe-Signature",
        "x-twilio-signature",
        "Authorization",
        "x-github-event",
        "cookie",
        "host",
        "accept",
      ),
      text(
        "",
        "a",
        "sha256=00",
        "t=1,v1=00",
        "Bearer a.b.c",
        "Basic !",
        "ping",
        "=;=",
        "a, b",
        "\u00ff\u00fe",
        "x".repeat(4_000),
      ),
    )
    .map(([name, value]) => `${name}: ${value}`),
  text(
    "content-encoding: gzip",
    "expect: 100-continue",
    "expect: a miracle",
    "upgrade: websocket\r\nconnection: upgrade",
    "connection: close",
    "connection: keep-alive, content-length",
    "__proto__: x",
    "constructor: x",
    "host: a\r\nhost: b",
    "x-forwarded-proto: javascript",
    "transfer-encoding: gzip",
    "te: trailers",
    // What no header may be.
    "no colon",
    " folded: x",
    "x-a : x",
    "x\u0000y: z",
    "x-a: a\u0000b",
    ": x",
    "x-a: 1\r\n continued",
    "x-a: a\nx-b: b",
  ),
  fc
    .tuple(text("x-many"), fc.nat(3))
    .map(([name, size]) =>
      Array.from({ length: 10 ** size }, (_, index) => `${name}-${index}: ${index}`).join("\r\n"),
    ),
);

/** How the body's length is told: right, or in a way that some server and some proxy understand differently. */
function framed(content: Buffer): fc.Arbitrary<readonly [headers: string, body: Buffer]> {
  const { length } = content;
  const hex = length.toString(16);
  const chunked = Buffer.concat([
    latin1(length === 0 ? "" : `${hex}\r\n`),
    content,
    latin1(length === 0 ? "0\r\n\r\n" : "\r\n0\r\n\r\n"),
  ]);
  const chunks = (first: string, last = "0\r\n\r\n") =>
    Buffer.concat([latin1(first), content, latin1(`\r\n${last}`)]);
  const te = "transfer-encoding: chunked";
  return fc.oneof(
    { weight: 24, arbitrary: fc.constant([`content-length: ${length}`, content] as const) },
    { weight: 8, arbitrary: fc.constant([te, chunked] as const) },
    fc.constantFrom<readonly [string, Buffer]>(
      ["", content],
      [`content-length: ${length + 7}`, content],
      [`content-length: ${Math.max(0, length - 3)}`, content],
      [`content-length: ${length}\r\ncontent-length: ${length + 1}`, content],
      [`content-length: ${length}\r\ncontent-length: ${length}`, content],
      [`content-length: ${length}, ${length}`, content],
      ["content-length: -1", content],
      [`content-length: +${length}`, content],
      [`content-length: 0x${hex}`, content],
      ["content-length: 99999999999999999999", content],
      ["content-length: ", content],
      [`${te}\r\ncontent-length: ${length}`, chunked],
      [`content-length: ${length}\r\n${te}`, content],
      ["transfer-encoding: identity, chunked", chunked],
      ["transfer-encoding: chunked, identity", chunked],
      ["transfer-encoding: xchunked", chunked],
      ["transfer-encoding: chunked\r\ntransfer-encoding: chunked", chunked],
      ["transfer-encoding : chunked", chunked],
      ["transfer-encoding:\u000bchunked", chunked],
      [te, content],
      [te, chunks(`${hex};ext=1;"a\r\n`)],
      [te, chunks(`000000000000000000${hex}\r\n`)],
      [te, chunks("fffffffffffffffff\r\n")],
      [te, chunks("-1\r\n")],
      [te, chunks("zz\r\n")],
      [te, chunks(`${hex}\n`)],
      [te, chunks(`${hex}\r\n`, "0\r\ntrailer: x\r\ncontent-length: 5\r\n\r\n")],
      [te, chunks(`${hex}\r\n`, "0\r\n")],
      [te, chunks(`${(length + 1).toString(16)}\r\n`)],
    ),
  );
}

/** One request to one of some paths, sound or not. */
function requestTo(paths: readonly string[]): fc.Arbitrary<Buffer> {
  const [first = "/"] = paths;
  const target = fc.oneof(
    { weight: 8, arbitrary: text(...paths) },
    fc
      .tuple(
        text(...paths),
        text(
          "?",
          "?a=1&a=2",
          "?%",
          "?%FF=%00",
          "?__proto__=x",
          "?hub.mode=subscribe",
          "?a[b]=c#d",
          `?${"a=1&".repeat(500)}`,
          "/",
          "%",
          "/../x",
          "\u00ff",
        ),
      )
      .map((parts) => parts.join("")),
    text(
      "/",
      "*",
      "//",
      "http://[",
      `http://example.com${first}`,
      "",
      `/${"a".repeat(20_000)}`,
      first.replaceAll("/", "//"),
      first.toUpperCase(),
      `${first.slice(0, -1)}%30`,
    ),
  );
  const line = fc.oneof(
    { weight: 8, arbitrary: target.map((one) => `POST ${one} HTTP/1.1`) },
    fc
      .tuple(
        text("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PRI", "post", "P\u0000ST", ""),
        target,
      )
      .map(([method, one]) => `${method} ${one} HTTP/1.1`),
    fc
      .tuple(
        target,
        text("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTPS/1.1", "", "HTTP/1.1 HTTP/1.1"),
      )
      .map(([one, version]) => `POST ${one} ${version}`),
  );
  return body.chain((content) =>
    fc
      .record({
        line,
        host: fc.oneof({ weight: 9, arbitrary: fc.constant("host: localhost") }, fc.constant("")),
        type: fc.option(
          contentType.map((value) => `content-type: ${value}`),
          { nil: "" },
        ),
        more: fc.array(header, { maxLength: 3 }),
        framing: framed(content),
      })
      .map(({ line: start, host, type, more, framing: [lengths, framedBody] }) => {
        const headers = [host, type, ...more, lengths].filter((one) => one !== "");
        return Buffer.concat([latin1(`${start}\r\n${headers.join("\r\n")}\r\n\r\n`), framedBody]);
      }),
  );
}

/** Requests one after the other on a connection, now and then damaged, cut off or no HTTP at all. */
export function rawTraffic(paths: readonly string[]): fc.Arbitrary<RawTraffic> {
  const request = requestTo(paths);
  const whole = fc.oneof(
    { weight: 8, arbitrary: request },
    fc.array(request, { minLength: 2, maxLength: 3 }).map((all) => Buffer.concat(all)),
  );
  const damaged = whole.chain((bytes) =>
    fc.array(fc.tuple(fc.nat(bytes.length), fc.nat(255)), { minLength: 1, maxLength: 3 }).map((changes) => {
      const copy = Buffer.from(bytes);
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
      return copy;
    }),
  );
  const cutOff = whole.chain((bytes) => fc.nat(bytes.length).map((length) => bytes.subarray(0, length)));
  return fc
    .oneof({ weight: 6, arbitrary: whole }, damaged, cutOff, anyBytes)
    .chain((bytes) =>
      fc
        .array(fc.nat(bytes.length), { maxLength: 3 })
        .map((cuts) => ({ bytes, cuts: [...new Set(cuts)].sort((a, b) => a - b) })),
    );
}
