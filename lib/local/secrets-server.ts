import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "./local-names.ts";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";
import { signerOf } from "./signer-of.ts";

/** One secret, read afresh at each request. */
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
  const versions = new Map<string, Versions>();
  return startLoopbackServer((request, response) => {
    const known = accessKeyId === undefined || signerOf(request) === accessKeyId;
    void respond(request, response, known ? { secrets, versions } : undefined);
  });
}

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

interface Input {
  readonly SecretId?: string;
  readonly VersionStage?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
}

/** Ids of a secret's versions since it was first written here, and the text of the one before. */
interface Versions {
  readonly current: string;
  readonly previous: { readonly id: string; readonly text: string };
}

interface Kept {
  readonly secrets: ReadonlyMap<string, LocalSecret>;
  readonly versions: Map<string, Versions>;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  kept: Kept | undefined,
): Promise<void> {
  response.on("error", () => {});
  const { status, body } = await textOf(request)
    .then((text) => (kept ? answer(request, text, kept) : stranger()))
    .catch((error: unknown) => failure(500, "InternalServiceError", String(error)));
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown };
}

function answer(request: IncomingMessage, text: string, { secrets, versions }: Kept): Answer {
  const operation = String(request.headers["x-amz-target"] ?? "").replace(/^secretsmanager\./, "");
  const input: Input = JSON.parse(text || "{}");
  const id = input.SecretId ?? "";
  const secret = secrets.get(id);
  if (!secret)
    return failure(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  const known = versions.get(id);
  const version = (versionId: string, stage: string) => ({
    ARN: `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${id}`,
    Name: id,
    VersionId: versionId,
    VersionStages: [stage],
  });
  const current = known?.current ?? CURRENT;
  if (operation === "GetSecretValue") {
    const { VersionStage: stage = CURRENT } = input;
    if (stage === CURRENT)
      return { status: 200, body: { ...version(current, stage), SecretString: secret.read() } };
    if (stage === PREVIOUS && known)
      return {
        status: 200,
        body: { ...version(known.previous.id, stage), SecretString: known.previous.text },
      };
    const message = `Secrets Manager can't find the specified secret value for staging label: ${stage}`;
    return failure(400, "ResourceNotFoundException", message);
  }
  if (operation === "PutSecretValue" && secret.write && input.SecretString !== undefined) {
    const { ClientRequestToken: token = randomUUID() } = input;
    versions.set(id, { current: token, previous: { id: current, text: secret.read() } });
    secret.write(input.SecretString);
    return { status: 200, body: version(token, CURRENT) };
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
