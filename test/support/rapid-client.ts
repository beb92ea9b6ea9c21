import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

/*
 * AWS's runtime client talks to the Runtime API through a native module that its install script compiles. Install scripts are
 * denied here, so this module takes its place, with the same three functions.
 */

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
const INVOCATION = "/2018-06-01/runtime/invocation";
// One socket: an answer is on its way before the next event is asked for.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Waits for the next event. */
export async function next(): Promise<{ bodyJson: string; headers: IncomingHttpHeaders }> {
  return await exchange("GET", "next");
}

/** Answers an event. */
export function done(id: string, body: string): void {
  post(`${id}/response`, body);
}

/** Reports that the handler threw. */
export function error(id: string, body: string): void {
  post(`${id}/error`, body);
}

function post(path: string, body: string): void {
  exchange("POST", path, body).catch((fault: unknown) => {
    console.error("the Runtime API is gone", fault);
    process.exit(1);
  });
}

function exchange(
  method: string,
  path: string,
  body?: string,
): Promise<{ bodyJson: string; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    request({ host, port, agent, method, path: `${INVOCATION}/${path}` }, (response) => {
      text(response).then((bodyJson) => resolve({ bodyJson, headers: response.headers }), reject);
    })
      .on("error", reject)
      .end(body);
  });
}
