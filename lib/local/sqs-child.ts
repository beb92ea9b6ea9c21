import type { AddressInfo } from "node:net";
import { buildApp } from "fauxqs";
import { serveAsChild } from "./child-protocol.ts";
import type { ServerOptions } from "./child-server.ts";
import { LOCAL_REGION } from "./local-names.ts";

// Not `startFauxqs`: it listens on every interface of the machine.
await serveAsChild(async ({ port }: ServerOptions) => {
  const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION });
  await app.listen({ port, host: "127.0.0.1" });
  return { ready: (app.server.address() as AddressInfo).port };
});
