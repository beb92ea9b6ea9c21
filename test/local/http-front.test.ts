import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type HttpFront, startHttpFront } from "../../lib/local/http-front.ts";

const seen: string[] = [];
let front: HttpFront;

beforeAll(async () => {
  front = await startHttpFront({
    port: 0,
    maxBodyBytes: 10,
    invoke: async ({ body = "" }) => {
      // Another turn of the loop, as a store takes: what follows on the connection is read meanwhile.
      await new Promise(setImmediate);
      seen.push(body);
      return { statusCode: 202, body: `took ${body}` };
    },

    log: (line) => seen.push(line),
  });
});

afterAll(() => front.close());

const post = (body: string) =>
  `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Writes everything at once, and reads to the end of the connection: what was answered, and what was taken. */
async function exchange(text: string) {
  seen.length = 0;
  const socket = connect({ port: Number(new URL(front.url).port), host: "127.0.0.1", allowHalfOpen: true });
  let answer = "";
  socket.on("data", (part) => {
    answer += String(part);
  });
  socket.end(text);
  await once(socket, "close");
  return { statuses: [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status), seen: [...seen] };
}

describe("requests that come one behind the other on a connection", () => {
  test("are answered in their order", async () => {
    expect(await exchange(post("one") + post("two"))).toEqual({
      statuses: ["202", "202"],
      seen: ["one", "two"],
    });
  });

  test("are answered though what follows them is no HTTP", async () => {
    expect(await exchange(`${post("one")}GET\u0000`)).toEqual({ statuses: ["202", "400"], seen: ["one"] });
    expect(await exchange(`${post("one")}${post("two").slice(0, -1)}`)).toEqual({
      statuses: ["202", "400"],
      seen: ["one"],
    });
  });

  test("are answered though what follows them asks for a tunnel", async () => {
    expect(await exchange(`${post("one")}CONNECT / HTTP/1.1\r\nhost: a\r\n\r\n`)).toEqual({
      statuses: ["202", "400"],
      seen: ["one"],
    });
  });

  test("are not taken behind an answer that closes the connection", async () => {
    expect(await exchange(post("more than 10 bytes") + post("two"))).toEqual({ statuses: ["413"], seen: [] });
  });
});
