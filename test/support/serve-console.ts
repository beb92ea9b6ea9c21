import { answerGateway } from "../../lib/console/answer-gateway.ts";
import type { ConsoleApp } from "../../lib/console/console-app.ts";
import { type HttpFront, startHttpFront } from "../../lib/local/http-front.ts";

/** Serves a console on a free port of loopback, as the local stack does. What its front says of failures is thrown. */
export function serveConsole(app: ConsoleApp): Promise<HttpFront> {
  return startHttpFront({
    port: 0,
    maxBodyBytes: 1_000_000,
    invoke: (event) => answerGateway(app, event),
    log: (line) => {
      throw new Error(line);
    },
  });
}
