import type { LookupAddress } from "node:dns";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { LookupAll } from "../../lib/adapters/http/guarded-connect.ts";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { httpFailure } from "../../lib/adapters/http/http-failure.ts";
import { isPublicAddress } from "../../lib/adapters/http/public-address.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { httpContract } from "./http-contract.ts";

httpContract("the guarded client", () => createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] }));

describe("what the guarded client refuses", () => {
  const names: { readonly [host: string]: readonly string[] } = {
    "private.example": ["10.0.0.1"],
    "mixed.example": ["93.184.215.14", "192.168.1.1"],
    "mapped.example": ["::ffff:169.254.169.254"],
    "six.example": ["fd00:ec2::254"],
    "zero.example": ["0.0.0.0"],
    "none.example": [],
    localhost: ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "allowed.example": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
  };
  const lookup: LookupAll = (host, _options, answer) => {
    const found = names[host];
    if (!found) return answer(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }), []);
    const addresses = found.map(
      (address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 }),
    );
    answer(null, addresses);
  };
  const http = createGuardedHttp({ allowPrivateHosts: ["allowed.example"], lookup });
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopbackServer(({ url }, response) => {
      const to = new URL(url, "http://x").searchParams.get("to");
      response.writeHead(to === null ? 200 : 302, to === null ? {} : { location: to }).end("reached");
    });
  });
  afterAll(async () => {
    await http.close();
    await server.stop();
  });
  const get = (url: string) => http.send({ method: "GET", url, headers: {} });

  test.each([
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0x7f.0.0.0x1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.255.255.254/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.170.2/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://%31%32%37.0.0.1/",
    "http://１２７.０.０.１/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "https://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://localhost/",
    "https://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://metadata.google.internal/",
    "http://private.example/",
    "https://private.example/",
    "http://mixed.example/",
    "http://mapped.example/",
    "http://six.example/",
    "http://zero.example/",
  ])("%s", async (url) => {
    const { hostname } = new URL(url);
    const host = hostname.replace(/[[\]]/g, "");
    await expect(get(url)).rejects.toMatchObject({
      class: "blocked_address",
      message: expect.stringMatching(
        new RegExp(
          `^the request to ${RegExp.escape(host)} was not sent: its address \\S+ is not public.*add "${RegExp.escape(host)}" to HOOKLINE_ALLOW_PRIVATE_HOSTS$`,
        ),
      ),
    });
  });

  test.each(["http://example.com@127.0.0.1/", "http://127.0.0.1@example.com/", "http://a:b@localhost/"])(
    "%s, for the user name in it",
    async (url) => {
      await expect(get(url)).rejects.toMatchObject({ class: "invalid_input" });
    },
  );

  test("a host that is allowed is reached, on any port", async () => {
    const answer = await get(`http://allowed.example:${server.port}/`);
    expect(new TextDecoder().decode(answer.body)).toBe("reached");
  });

  test.each(["http://127.0.0.1/", "http://private.example/", "http://[::ffff:127.0.0.1]/", "//localhost/"])(
    "a redirect from an allowed host to %s",
    async (to) => {
      const url = `http://allowed.example:${server.port}/?to=${encodeURIComponent(to)}`;
      await expect(get(url)).rejects.toMatchObject({ class: "blocked_address" });
    },
  );

  test("an allowed name says nothing about its address under another name", async () => {
    await expect(get(`http://127.0.0.1:${server.port}/`)).rejects.toMatchObject({ class: "blocked_address" });
    await expect(get(`http://sub.allowed.example:${server.port}/`)).rejects.toMatchObject({
      class: "connection",
    });
  });

  test("a name without an address is a connection that failed, with the code", async () => {
    await expect(get("http://none.example/")).rejects.toMatchObject({
      class: "connection",
      message: "none.example has no address: check the name (ENOTFOUND)",
    });
  });

  test.each(["[::1]", "::1", "127.0.0.1", "LocalHost"])("%s can be allowed", async (allowed) => {
    const open = createGuardedHttp({ allowPrivateHosts: [allowed] });
    const host = allowed === "::1" ? "[::1]" : allowed;
    const url = `http://${host}:${server.port}/`;
    const outcome = await open.send({ method: "GET", url, headers: {} }).then(
      ({ status }) => status,
      (thrown) => thrown.class,
    );
    // The server listens on IPv4 only.
    expect(outcome).toBe(host === "[::1]" ? "connection" : 200);
    await open.close();
  });
});

describe("public addresses", () => {
  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
  ])("%s is one", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each(["", "example.com", "127.0.0.1", "fe80::1%eth0", "::ffff:10.0.0.1", "2130706433"])(
    "%s is none",
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe("what a failed request says", () => {
  const thrown = (code: string) =>
    new TypeError("fetch failed", { cause: Object.assign(new Error("headers: secret"), { code }) });

  test.each([
    [
      "ECONNRESET",
      "connection",
      "a.example closed the connection before its answer was complete (ECONNRESET)",
    ],
    ["CERT_HAS_EXPIRED", "connection", "a.example has a certificate that has expired (CERT_HAS_EXPIRED)"],
    ["EWHATEVER", "connection", "a.example could not be reached (EWHATEVER)"],
    ["UND_ERR_INVALID_ARG", "invalid_input", "the request to a.example cannot be sent: UND_ERR_INVALID_ARG"],
    ["Z_DATA_ERROR", "invalid_output", "the answer of a.example is not packed as it says: Z_DATA_ERROR"],
  ])("%s", (code, errorClass, message) => {
    expect(httpFailure(thrown(code), "a.example")).toMatchObject({
      class: errorClass,
      message,
      details: { code },
    });
  });

  test.each([
    ["an error", new TypeError("fetch failed")],
    ["text", "text"],
    ["null", null],
  ])("%s without a code", (_what, fault) => {
    expect(httpFailure(fault, "a.example")).toMatchObject({
      class: "connection",
      message: "the request to a.example failed",
    });
  });
});
