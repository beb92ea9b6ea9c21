import type { IncomingMessage, ServerResponse } from "node:http";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "./local-names.ts";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";
import { signerOf } from "./signer-of.ts";

/** One secret with one version, read afresh at each request. */
export interface LocalSecret {
  read(): string;
  /** Absent: the secret cannot be written through the API. */
  write?(value: string): void;
}

/**
 * Speaks `GetSecretValue` and `PutSecretValue` of Secrets Manager (JSON 1.1) for the secrets it is given. With an
 * `accessKeyId` it answers only requests signed with that: other users of the machine reach loopback too.
 */
export async function startSecretsServer(
  secrets: ReadonlyMap<string, LocalSecret>,
  accessKeyId?: string,
): Promise<LoopbackServer> {
  return startLoopbackServer((request, response) => {
    const known = accessKeyId === undefined || signerOf(request) === accessKeyId;
    void respond(request, response, known ? secrets : undefined);
  });
}

const CURRENT = "AWSCURRENT";

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  secrets: ReadonlyMap<string, LocalSecret> | undefined,
): Promise<void> {
  response.on("error", () => {});
  const { status, body } = await textOf(request)
    .then((text) => (secrets ? answer(request, text, secrets) : stranger()))
    .catch((error: unknown) => failure(500, "InternalServiceError", String(error)));
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown };
}

function answer(request: IncomingMessage, text: string, secrets: ReadonlyMap<string, LocalSecret>): Answer {
  const operation = String(request.headers["x-amz-target"] ?? "").replace(/^secretsmanager\./, "");
  const input: { SecretId?: string; VersionStage?: string; SecretString?: string } = JSON.parse(text || "{}");
  const id = input.SecretId ?? "";
  const secret = secrets.get(id);
  if (!secret)
    return failure(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  const version = {
    ARN: `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${id}`,
    Name: id,
    VersionId: CURRENT,
    VersionStages: [CURRENT],
  };
  if (operation === "GetSecretValue") {
    const { VersionStage: stage = CURRENT } = input;
    if (stage === CURRENT) return { status: 200, body: { ...version, SecretString: secret.read() } };
    const message = `Secrets Manager can't find the specified secret value for staging label: ${stage}`;
    return failure(400, "ResourceNotFoundException", message);
  }
  if (operation === "PutSecretValue" && secret.write && input.SecretString !== undefined) {
    secret.write(input.SecretString);
    return { status: 200, body: version };
  }
  return failure(
    400,
    "InvalidRequestException",
    `${operation} of "${id}" is not possible in the local stack`,
  );
}

function stranger(): Answer {
  return failure(
    400,
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
  );
}

function failure(status: number, type: string, message: string): Answer {
  return { status, body: { __type: type, message } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
