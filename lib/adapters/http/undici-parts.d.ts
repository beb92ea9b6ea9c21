// The two parts of undici that the built-in `fetch` does not hand out; the package types only its whole.
declare module "undici/lib/dispatcher/agent.js" {
  import type { buildConnector } from "undici";

  type Dispatcher = NonNullable<RequestInit["dispatcher"]>;

  const Agent: new (options: {
    connect: buildConnector.connector;
    headersTimeout: number;
    bodyTimeout: number;
  }) => Dispatcher;
  export = Agent;
}

declare module "undici/lib/core/connect.js" {
  import type { buildConnector } from "undici";

  const build: typeof buildConnector;
  export = build;
}
