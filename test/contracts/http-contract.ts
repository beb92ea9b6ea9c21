import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import { type Http, type HttpRequest, MAX_ANSWER_BYTES } from "../../lib/core/ports/http.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";

const CREDENTIALS = {
  Authorization: "Bearer t",
  Cookie: "a=b",
  "Proxy-Authorization": "Basic x",
  "X-Api-Key": "k",
  "Api-Key": "k",
  "X-Auth-Token": "t",
};

/** What every client owes; it must be allowed to reach 127.0.0.1. */
export function httpContract(name: string, open: () => Http & { close(): Promise<void> }): void {
  describe(name, () => {
    let http: ReturnType<typeof open>;
    let server: LoopbackServer;
    let other: LoopbackServer;
    const get = (path: string, more: Partial<HttpRequest> = {}) =>
      http.send({ method: "GET", url: server.origin + path, headers: {}, ...more });
    const text = async (path: string, more: Partial<HttpRequest> = {}) =>
      new TextDecoder().decode((await get(path, more)).body);

    beforeAll(async () => {
      http = open();
      other = await startLoopbackServer(({ method, headers, body }, response) =>
        response.end(JSON.stringify({ method, headers, body })),
      );
      server = await startLoopbackServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url, server.origin);
        if (pathname === "/redirect") {
          const to = searchParams.get("to") ?? "";
          return response.writeHead(Number(searchParams.get("status")), { location: to }).end("moved");
        }
        if (pathname === "/again") {
          const left = Number(searchParams.get("left"));
          if (left > 0) return response.writeHead(302, { location: `/again?left=${left - 1}` }).end();
          return response.end("there");
        }
        if (pathname === "/bytes") return response.end(Buffer.alloc(Number(searchParams.get("count"))));
        if (pathname === "/bomb") {
          response.writeHead(200, { "content-encoding": "gzip" });
          return response.end(gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1)));
        }
        if (pathname === "/packed") {
          response.writeHead(200, { "content-encoding": "gzip" });
          return response.end(gzipSync("unpacked"));
        }
        if (pathname === "/not-packed") {
          response.writeHead(200, { "content-encoding": "gzip" });
          return response.end("plain");
        }
        if (pathname === "/silent") return;
        if (pathname === "/half") {
          response.writeHead(200, { "content-length": "100" });
          response.write("half");
          if (searchParams.has("cut")) response.write("", () => response.destroy());
          return;
        }
        if (pathname === "/cut") return response.destroy();
        if (pathname === "/status") return response.writeHead(Number(searchParams.get("of"))).end();
        response.setHeader("set-cookie", ["a=1", "b=2"]);
        response.setHeader("X-Mixed", "case");
        const { method, headers, body } = request;
        response.end(JSON.stringify({ method, headers, body }));
      });
    });
    afterAll(async () => {
      await http.close();
      await Promise.all([server.stop(), other.stop()]);
    });

    describe("an exchange", () => {
      test("sends method, headers and text, and introduces itself", async () => {
        const sent = JSON.parse(
          await text("/echo", { method: "post", headers: { "X-Mine": "1" }, body: "héé" }),
        );
        expect(sent).toMatchObject({
          method: "POST",
          body: "héé",
          headers: { "x-mine": "1", "user-agent": "hookline", "content-length": "5" },
        });
        expect(sent.headers["content-type"]).toBeUndefined();
      });

      test("the length that is sent is the body's", async () => {
        const request = { method: "POST", headers: { "Content-Length": "9" }, body: "four" };
        expect(JSON.parse(await text("/echo", request))).toMatchObject({
          headers: { "content-length": "4" },
        });
      });

      test("sends bytes as they are, and a user agent of the caller's", async () => {
        const request = { method: "PUT", headers: { "User-Agent": "mine" }, body: new Uint8Array([65, 66]) };
        expect(JSON.parse(await text("/echo", request))).toMatchObject({
          body: "AB",
          headers: { "user-agent": "mine" },
        });
      });

      test("hands on headers in lower case, several of one name joined", async () => {
        expect((await get("/echo")).headers).toMatchObject({ "x-mixed": "case", "set-cookie": "a=1, b=2" });
      });

      test.each([204, 304, 404, 429, 500])("answers of status %d are answers", async (status) => {
        expect(await get(`/status?of=${status}`)).toMatchObject({ status, body: expect.any(Uint8Array) });
      });

      test("a packed answer is unpacked", async () => {
        expect(await text("/packed")).toBe("unpacked");
      });

      test("connections are used again", async () => {
        await get("/echo");
        const before = server.connections();
        for (let count = 0; count < 5; count += 1) await get("/echo");
        expect(server.connections()).toBe(before);
      });
    });

    describe("redirects", () => {
      test.each([
        [301, "POST", "GET", ""],
        [302, "POST", "GET", ""],
        [303, "PUT", "GET", ""],
        [303, "HEAD", "HEAD", undefined],
        [301, "PUT", "PUT", "data"],
        [307, "POST", "POST", "data"],
        [308, "POST", "POST", "data"],
      ])("%d turns %s into %s", async (status, method, expected, body) => {
        const before = server.seen.length;
        await get(`/redirect?status=${status}&to=/echo`, {
          method,
          headers: { "content-type": "text/x", Authorization: "a", "Idempotency-Key": "i" },
          ...(method !== "HEAD" && { body: "data" }),
        });
        const last = server.seen[before + 1];
        expect(last).toMatchObject({ method: expected, url: "/echo", body: body ?? "" });
        expect(last?.headers).toMatchObject({ authorization: "a", "idempotency-key": "i" });
        expect(last?.headers["content-type"]).toBe(body === "" ? undefined : "text/x");
      });

      test("credentials stay behind when the origin changes", async () => {
        const to = encodeURIComponent(`${other.origin}/`);
        const answer = await text(`/redirect?status=307&to=${to}`, {
          method: "POST",
          headers: { ...CREDENTIALS, Host: "forged.example", "Idempotency-Key": "i", "X-Other": "o" },
          body: "data",
        });
        const { headers, body } = JSON.parse(answer);
        for (const header of Object.keys(CREDENTIALS))
          expect(headers).not.toHaveProperty(header.toLowerCase());
        expect(headers).toMatchObject({
          host: `127.0.0.1:${other.port}`,
          "idempotency-key": "i",
          "x-other": "o",
        });
        expect(body).toBe("data");
      });

      test("five are followed, a sixth is not", async () => {
        expect(await text("/again?left=5")).toBe("there");
        await expect(get("/again?left=6")).rejects.toMatchObject({
          class: "invalid_output",
          message: `127.0.0.1:${server.port} redirects once more after 5 redirects`,
        });
      });

      test("maxRedirects sets how many; 0 hands the redirect over", async () => {
        await expect(get("/again?left=2", { maxRedirects: 1 })).rejects.toMatchObject({
          class: "invalid_output",
        });
        expect(await get("/again?left=1", { maxRedirects: 0 })).toMatchObject({
          status: 302,
          headers: { location: "/again?left=0" },
        });
      });

      test.each(["file:///etc/passwd", "ftp://example.com/", "http://u:p@127.0.0.1/", "http://"])(
        "one to %s is no answer",
        async (to) => {
          const failure = get(`/redirect?status=302&to=${encodeURIComponent(to)}`);
          await expect(failure).rejects.toMatchObject({ class: "invalid_output" });
        },
      );
    });

    describe("limits", () => {
      test("an answer of 32 MiB is read, one of a byte more is not", async () => {
        expect((await get(`/bytes?count=${MAX_ANSWER_BYTES}`)).body.byteLength).toBe(MAX_ANSWER_BYTES);
        await expect(get(`/bytes?count=${MAX_ANSWER_BYTES + 1}`)).rejects.toMatchObject({
          class: "invalid_output",
          message: expect.stringContaining("larger than 32 MiB"),
          status: 200,
        });
      });

      test("what counts is the size when unpacked", async () => {
        await expect(get("/bomb")).rejects.toMatchObject({ class: "invalid_output" });
      });

      test.each(["/silent", "/half"])("%s ends at the time limit", async (path) => {
        await expect(get(path, { timeoutMs: 50 })).rejects.toMatchObject({
          class: "timeout",
          message: `the answer of 127.0.0.1:${server.port} did not come within 0.05 seconds`,
        });
      });

      test("a signal cancels; its own FlowError is thrown as it is", async () => {
        const cancelled = new AbortController();
        const failure = get("/silent", { signal: cancelled.signal });
        cancelled.abort();
        await expect(failure).rejects.toMatchObject({ class: "cancelled" });
        const reason = new FlowError("timeout", "the run took too long");
        await expect(get("/silent", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      });
    });

    describe("failures", () => {
      test.each(["/cut", "/half?cut"])("%s is a connection that broke", async (path) => {
        const headers = { Authorization: "Bearer hidden-value" };
        const failure = await get(path, { headers }).catch((thrown: unknown) => thrown);
        expect(failure).toMatchObject({ class: "connection" });
        expect(String(failure)).toContain(`127.0.0.1:${server.port}`);
        expect(String(failure)).not.toContain("hidden-value");
      });

      test("a port where nobody listens refuses the connection", async () => {
        const unused = createServer();
        await new Promise<void>((listening) => unused.listen(0, "127.0.0.1", listening));
        const { port } = unused.address() as { port: number };
        await new Promise((closed) => unused.close(closed));
        await expect(get("", { url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
          class: "connection",
          message: `127.0.0.1:${port} refused the connection (ECONNREFUSED)`,
        });
      });

      test("https where nobody speaks it fails to connect", async () => {
        await expect(get("", { url: `https://127.0.0.1:${server.port}/` })).rejects.toMatchObject({
          class: "connection",
        });
      });

      test("a packed answer that is not is no answer", async () => {
        await expect(get("/not-packed")).rejects.toMatchObject({ class: "invalid_output" });
      });

      test.each([
        ["an address that is no URL", { url: "example.com/path" }],
        ["another protocol", { url: "gopher://example.com/" }],
        ["a user name in the URL", { url: "https://user:hidden-value@example.com/" }],
        ["a port that clients must not call", { url: "http://127.0.0.1:25/" }],
        ["a method that is none", { method: "G T" }],
        ["a tunnel", { method: "CONNECT" }],
        ["a GET with a body", { body: "data" }],
        ["a header with a line break", { headers: { "X-Key": "hidden-value\r\nX: y" } }],
        ["a header name with a space", { headers: { "X Key": "hidden-value" } }],
      ])("%s is invalid input, and no value shows", async (_what, request) => {
        const failure = await get("/echo", request).catch((thrown: unknown) => thrown);
        expect(failure).toMatchObject({ class: "invalid_input" });
        expect(String(failure)).not.toContain("hidden-value");
      });
    });
  });
}
