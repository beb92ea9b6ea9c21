import { type StackFolder, type StackProcess, stackFolder, startStack } from "../e2e/stack-process.ts";
import type { LoopbackServer } from "../support/loopback-server.ts";
import { startLoopbackServer } from "../support/loopback-server.ts";

/** A local stack with workflows that end well, fail, wait and go on, as the test has it. */
export interface OrdersStack extends StackProcess {
  readonly folder: StackFolder;
  /** From now on the warehouse refuses this order, or takes it. */
  refuse(order: string, isRefused: boolean): void;
  /** The warehouse leaves this path without an answer until this is called. */
  hold(path: string): () => void;
  close(): Promise<void>;
}

/** Markup that would run or look like the console's own, if it were anything but text. */
export const MARKUP = `<script>alert(1)</script><img src=x onerror="alert(2)"><h1>Not ours</h1></pre></main>`;

/** The file of `orders`, in two versions. */
export const ordersFile = (version: "1.0.0" | "1.1.0") => `# v${version} - 2026-11-20
# - Take orders
name: orders
version: ${version}
description: Reserve what was ordered.
environment: [WAREHOUSE]
input:
  type: http_webhook
  dedupe: { key: "\${order}", window: 3600 }
steps:
  - type: for_each
    id: lines
    input_from: lines
    steps:
      - { type: set, id: seen, values: { last: "\${item.sku}" } }
  - type: http_call
    id: reserve
    method: POST
    url: \${env:WAREHOUSE}/reserve/\${order}
    timeout: ${version === "1.0.0" ? 20 : 30}
    output_to: reservation
  - { type: http_call, id: tell, method: POST, url: "\${env:WAREHOUSE}/tell/\${order}" }
output: \${reservation}
`;

const FILES = {
  "orders.yaml": ordersFile("1.0.0"),
  "pings.yaml": "name: pings\nsteps: []\n",
  "pauses.yaml": "name: pauses\nsteps: [{ type: wait, id: pause, seconds: 3600 }]\n",
  "markup.yaml": `name: markup
steps:
  - { type: print, id: say, text: "\${text}" }
  - { type: set, id: keep, values: { kept: "\${text}" } }
  - { type: fail, id: give-up, message: "\${text}" }
`,
};

/** Starts it, and the warehouse that its orders are reserved in. */
export async function startOrdersStack(): Promise<OrdersStack> {
  const refused = new Set<string>();
  const held = new Map<string, Promise<void>>();
  const warehouse: LoopbackServer = await startLoopbackServer(async ({ url }, response) => {
    const order = url.split("/").at(-1) ?? "";
    await held.get(url);
    const [status, answer] = refused.has(order)
      ? [422, { error: "no such article" }]
      : [200, { reserved: order }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  const folder = stackFolder(FILES);
  const stack = await startStack(folder, {
    HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
    WAREHOUSE: warehouse.origin,
  });
  return {
    ...stack,
    folder,
    refuse: (order, isRefused) => void (isRefused ? refused.add(order) : refused.delete(order)),
    hold(path) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(path, promise);
      return resolve;
    },
    async close() {
      await stack.end("SIGINT");
      await warehouse.stop();
      folder.remove();
    },
  };
}
