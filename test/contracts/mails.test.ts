import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseMail } from "../../lib/adapters/mail/parse-mail.ts";
import { createS3Mails } from "../../lib/adapters/mail/s3-mails.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { formatJson, type Json, parseJson } from "../../lib/core/json.ts";
import type { LoopbackServer } from "../../lib/local/loopback-server.ts";
import { objectFile, startObjectServer } from "../../lib/local/object-server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("mails in a bucket", () => {
  const names = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_S3"];
  const folder = mkdtempSync(join(tmpdir(), "hookline-mails-"));
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startObjectServer(folder, "test");
    for (const name of names) process.env[name] = "test";
    process.env.AWS_ENDPOINT_URL_S3 = server.url;
  });
  afterAll(async () => {
    for (const name of names) delete process.env[name];
    rmSync(folder, { recursive: true });
  });

  test("are found by bucket and key, whatever the key holds", async () => {
    const place = { bucket: "mails", key: "a b/../ü%2F+&?#.eml" };
    const file = objectFile(folder, place.bucket, place.key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "Subject: hello\r\n\r\nAda");
    expect(await createS3Mails().read(place)).toMatchObject({ subject: "hello", text: "Ada\n" });
  });

  test("one that is gone is told from a service that cannot be reached", async () => {
    const mails = createS3Mails();
    const gone = { bucket: "mails", key: "gone" };
    await expect(mails.read(gone)).rejects.toMatchObject({
      class: "invalid_input",
      message: "there is no object gone in the bucket mails",
    });
    await server.close();
    await expect(mails.read(gone)).rejects.toMatchObject({ class: "connection" });
  });
});

describe("a mail that is parsed", () => {
  const read = (text: string) => parseMail(bytes(text));

  test("has every address of a group", async () => {
    expect(
      await read("To: Team: a@example.com, B <b@example.com>;\r\nContent-Type: text/html\r\n\r\n<b>hi</b>"),
    ).toMatchObject({
      from: null,
      to: [
        { name: "", address: "a@example.com" },
        { name: "B", address: "b@example.com" },
      ],
      subject: "",
      message_id: null,
      html: "<b>hi</b>\n",
    });
  });

  test("keeps a header of any name as data", async () => {
    const { headers } = await read("__proto__: x\r\nConstructor: y\r\n\r\n");
    expect(Object.entries(headers)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("a header that a sender writes beside SES's own makes a list, so that no condition takes it for SES's", async () => {
    const { headers } = await read("X-SES-Spam-Verdict: FAIL\r\nX-SES-Spam-Verdict: PASS\r\n\r\n");
    expect(headers["x-ses-spam-verdict"]).toEqual(["FAIL", "PASS"]);
  });

  test("may be anything: it is read, or refused in a sentence", async () => {
    const line = fc.constantFrom(
      "Content-Type: multipart/mixed; boundary=b",
      "Content-Type: message/rfc822",
      "Content-Transfer-Encoding: base64",
      "Content-Disposition: attachment; filename*=utf-8''%ff%00",
      "From: =?utf-8?b?////?= <",
      "To: a@b, ;:<>,,",
      "Date: never",
      "--b",
      "--b--",
      "",
      "====",
      "\u0000\ud800é",
    );
    const mail = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(line, { maxLength: 30 }).map((lines) => bytes(lines.join("\r\n"))),
    );
    await fc.assert(
      fc.asyncProperty(mail, async (raw) => {
        const parsed = await parseMail(raw).catch((thrown: unknown) => {
          expect(thrown).toBeInstanceOf(FlowError);
          return null;
        });
        const text = formatJson(parsed as unknown as Json);
        expect(formatJson(parseJson(text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
