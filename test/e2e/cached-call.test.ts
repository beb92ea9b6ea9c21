import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const SCORE = `name: score
environment: [PEER_URL]
steps:
  - type: http_call
    url: \${env:PEER_URL}/score/\${customer}
    output_to: score
    cache: { ttl: 3600, key: "\${customer}" }
`;
const folder = stackFolder({ "score.yaml": SCORE });
const answer = Promise.withResolvers<void>();
let peer: LoopbackServer;
let stack: StackProcess;

const start = () => startStack(folder, { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1", PEER_URL: peer.origin });

beforeAll(async () => {
  peer = await startLoopbackServer(async (_request, response) => {
    await answer.promise;
    response.writeHead(200, { "content-type": "application/json" }).end('{"points": 42}');
  });
  stack = await start();
});
afterAll(async () => {
  await stack.end("SIGINT");
  await peer.stop();
  folder.remove();
});

test("20 webhooks at once make one call of a slow peer, and runs show tells who made it", async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, event) => stack.accept("score", { customer: "acme", event })),
  );
  answer.resolve();
  await Promise.all(ids.map((id) => stack.said(`${id}  succeeded`)));
  expect(peer.seen).toHaveLength(1);
  const caller = ids.find((id) => peer.seen[0]?.headers["idempotency-key"] === `${id}-0`) ?? "none";
  const other = ids.find((id) => id !== caller) ?? "none";
  const state = { score: { points: 42 }, score_meta: { status: 200, attempts: 1 } };
  expect(await stack.ask("runs", "show", caller)).toMatchObject({ state, steps: [{ status: "ok" }] });
  expect(await stack.ask("runs", "show", other)).toMatchObject({ state, steps: [{ status: "cached" }] });
});

test("a stack that is started anew finds what the one before it has kept", async () => {
  await stack.end("SIGKILL");
  stack = await start();
  const id = await stack.accept("score", { customer: "acme" });
  await stack.said(`${id}  succeeded`);
  expect(peer.seen).toHaveLength(1);
  const other = await stack.accept("score", { customer: "other" });
  await stack.said(`${other}  succeeded`);
  expect(peer.seen).toHaveLength(2);
});
