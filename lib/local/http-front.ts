import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { gatewayEvent, isTooLarge } from "./gateway-event.ts";

/** What the front needs to stand in for API Gateway. */
export interface HttpFrontOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Bodies over this many bytes are refused while they arrive. */
  readonly maxBodyBytes: number;
  readonly invoke: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
  /** Hears of a function that threw. */
  readonly log: (line: string) => void;
}

/** The HTTP side of the local stack. */
export interface HttpFront {
  readonly url: string;
  /** Takes no new requests; answers those that are under way. */
  close(): Promise<void>;
}

/** Those of the API's route. */
const METHODS = ["POST", "GET", "HEAD"];
/** How long a client may take to send its request, and to read a refusal, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
const DRAIN_TIMEOUT_MS = 2_000;

/**
 * Listens on loopback and turns each request into the event API Gateway would send. No client, however slow or broken,
 * ends the process.
 * @throws Error with code EADDRINUSE when the port is taken.
 */
export async function startHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const underWay = new WeakMap<Duplex, Set<ServerResponse>>();
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: 10_000 },
    (request, response) => {
      const { socket } = request;
      const responses = underWay.get(socket) ?? new Set();
      const turn = allClosed([...responses]);
      underWay.set(socket, responses.add(response));
      response.once("close", () => responses.delete(response));
      // Nothing is taken behind an answer that closes the connection.
      const answered = turn.then(() => (socket.writable ? answer(request, response, options) : undefined));
      answered.catch((error: unknown) => {
        options.log(`a request could not be answered: ${String(error)}`);
        response.destroy();
      });
    },
  );
  // A client that says it has sent everything still reads the answer; Node has no word for it but this one.
  Object.assign(server, { httpAllowHalfOpen: true });
  const refuseRest = (socket: Duplex) => void refuse(socket, underWay.get(socket) ?? []);
  server.on("clientError", (_error, socket) => refuseRest(socket));
  // Without this Node ends the connection at once, and answers under way with it.
  server.on("connect", (_request, socket) => refuseRest(socket));
  // What has not come whole when the client has sent everything never will.
  server.on("connection", (socket) => socket.once("end", () => refuseRest(socket)));
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const impatient = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
      await closed;
      clearTimeout(impatient);
    },
  };
}

/** Ends a connection on which no more requests can come; what has come whole gets its answer first. */
async function refuse(socket: Duplex, responses: Iterable<ServerResponse>): Promise<void> {
  await allClosed([...responses].filter(({ req }) => req.complete));
  if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  else socket.destroy();
}

async function allClosed(responses: readonly ServerResponse[]): Promise<void> {
  await Promise.all(responses.map((response) => new Promise((resolve) => response.once("close", resolve))));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpFrontOptions,
): Promise<void> {
  response.on("error", () => {});
  const receivedAt = Date.now();
  if (!METHODS.includes(request.method ?? "")) return send(response, { statusCode: 404 });
  const body = await readBody(request, options.maxBodyBytes);
  if (body === "gone") return;
  if (body === "too large")
    return refuseLargeBody(
      request,
      response,
      `the body has more than the ${options.maxBodyBytes} bytes that are accepted`,
    );
  const event = gatewayEvent({
    method: request.method ?? "GET",
    target: request.url ?? "/",
    headers: request.headers,
    body,
    sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    receivedAt,
  });
  if (isTooLarge(event))
    return refuseLargeBody(request, response, "the request is larger than 6 MB, as Lambda would get it");
  try {
    send(response, await options.invoke(event));
  } catch (error) {
    options.log(
      `a function threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    send(response, {
      statusCode: 500,
      headers: { "content-type": "application/json" },
      body: '{"message":"Internal Server Error"}',
    });
  }
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | "too large" | "gone"> {
  return new Promise((resolve) => {
    if (Number(request.headers["content-length"]) > maxBytes) return resolve("too large");
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) resolve("too large");
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () => resolve("gone"));
    request.on("close", () => resolve("gone"));
  });
}

/** What still arrives is thrown away for a moment, so that a client that sends before it reads gets to see the answer. */
function refuseLargeBody(request: IncomingMessage, response: ServerResponse, error: string): void {
  send(response, {
    statusCode: 413,
    headers: { "content-type": "application/json", connection: "close" },
    body: JSON.stringify({ error }),
  });
  request.removeAllListeners("data");
  request.resume();
  const impatient = setTimeout(() => request.destroy(), DRAIN_TIMEOUT_MS);
  request.on("close", () => clearTimeout(impatient));
}

function send(response: ServerResponse, result: APIGatewayProxyStructuredResultV2): void {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(result.headers ?? {})) headers[name] = String(value);
  if (result.cookies) headers["set-cookie"] = [...result.cookies];
  const body = Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8");
  response.writeHead(result.statusCode ?? 200, { ...headers, "content-length": body.length }).end(body);
}
