import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const folder = stackFolder({ "noop.yaml": "name: noop\nsteps: []\n" });
let stack: StackProcess;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

/** Kills a server and takes its port, so that it cannot come back; whoever connects is cut off. */
async function takeDown(pid: number, url: string): Promise<Server> {
  process.kill(pid, "SIGKILL");
  for (;;) {
    const impostor = createServer((socket) => socket.destroy());
    const taken = await new Promise<boolean>((resolve) => {
      impostor.once("listening", () => resolve(true)).once("error", () => resolve(false));
      impostor.listen(Number(new URL(url).port), "127.0.0.1");
    });
    if (taken) return impostor;
  }
}

/** Posts until the answer is a 202: the server is back. */
async function acceptedAgain(): Promise<string> {
  for (;;) {
    const answer = await stack.post("noop", {});
    if (answer.status === 202) return ((await answer.json()) as { run_id: string }).run_id;
    expect(answer.status).toBe(503);
  }
}

describe("a service that is down", () => {
  test("queue: 503 with Retry-After and no run is kept; when it is back, events flow again", async () => {
    const impostor = await takeDown(stack.servers.sqs, stack.endpoints.sqs);
    const answer = await stack.post("noop", {});
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await stack.ask("runs", "list")).toEqual([]);

    impostor.close();
    const id = await acceptedAgain();
    await stack.said(`${id}  succeeded`);
    expect(await stack.ask("runs", "list")).toMatchObject([{ run_id: id }]);
  });

  test("store: 503 with Retry-After; when it is back, events flow again", async () => {
    const impostor = await takeDown(stack.servers.dynamodb, stack.endpoints.dynamodb);
    const answer = await stack.post("noop", {});
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);

    impostor.close();
    const id = await acceptedAgain();
    await stack.said(`${id}  succeeded`);
  });
});
