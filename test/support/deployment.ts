import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2, SQSEvent } from "aws-lambda";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { webhookPathOf, workflowIdOf } from "../../lib/app/webhook-url.ts";
import { buildBundles, FUNCTIONS, type FunctionName } from "../../lib/build/build-bundles.ts";
import { writeCatalogs } from "../../lib/build/write-catalogs.ts";
import type { OidcSettings } from "../../lib/core/oidc.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { objectFile, startObjectServer } from "../../lib/local/object-server.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { startCloudWatchServer } from "./cloudwatch-server.ts";
import { startDynalite } from "./dynalite.ts";
import { startFauxqs } from "./fauxqs.ts";
import { INBOX_ARN, sqsEvent } from "./inbox-messages.ts";
import { type LambdaProcess, startLambda } from "./lambda-process.ts";
import { startRecordingProxy } from "./recording-proxy.ts";

const STAGE = "test";
const ORG_ID = "acme";
const WEBHOOK_KEY = "webhook key of the test";

/** A service of AWS that functions call. */
export type Service = "dynamodb" | "sqs" | "secretsmanager" | "s3" | "cloudwatch";
/** What a firewall's distribution would send. */
export const FRONT_KEY = "the key of the firewall's distribution";
/** What opens the console of a deployment. */
export const CONSOLE_TOKEN = {
  read: "a token that lets people look at runs",
  act: "a token that lets people change runs too",
};
const CONSOLE_TOKENS = {
  HOOKLINE_CONSOLE_READ_TOKEN_ID: "console-read",
  HOOKLINE_CONSOLE_ACT_TOKEN_ID: "console-act",
};

/** The built functions, each in a process of its own, with local services in place of AWS's. */
export interface Deployment {
  readonly functions: { readonly [name in FunctionName]: LambdaProcess };
  /** What one function does to the services, and which resource of the stack to, e.g. `dynamodb:PutItem on Table.Arn`. */
  calls(name: FunctionName): readonly string[];
  /** Lets a service fail for one function, or answer again. */
  down(name: FunctionName, service: Service, isDown: boolean): void;
  readonly store: RunStore;
  /** The event that API Gateway makes of a delivery to a workflow. */
  delivery(workflow: string, body: string): APIGatewayProxyEventV2;
  /** Stores a run that was accepted an hour ago and whose message nobody ever saw; its id. */
  loseMessage(workflow: Workflow, body: string): Promise<string>;
  /** Takes the next message from the queue and makes an event of it; undefined when there is none for two seconds. */
  nextMessage(): Promise<SQSEvent | undefined>;
  /** Puts an object into a bucket. */
  putObject(bucket: string, key: string, text: string): void;
  /** Takes up to ten messages from the dead-letter queue: their bodies and the attributes that hold the reason. */
  deadLetters(): Promise<readonly { readonly [name: string]: string }[]>;
  /** Starts one more process of a function, with changes to its variables; undefined takes one away. */
  start(
    name: FunctionName,
    changes: { readonly [variable: string]: string | undefined },
  ): Promise<LambdaProcess>;
  stop(): Promise<void>;
}

/** Builds the bundles with these workflows, outside the project's folder, and boots them. */
export async function deploy(
  workflows: readonly Workflow[],
  {
    env,
    secrets,
    oidc,
    invocationSeconds = 900,
  }: {
    env: { readonly [name: string]: string };
    secrets: { readonly [name: string]: string };
    /** How people sign in beside the tokens: at a provider on loopback. */
    oidc?: OidcSettings;
    invocationSeconds?: number;
  },
): Promise<Deployment> {
  const dir = await mkdtemp(join(tmpdir(), "hookline-bundles-"));
  const [dynalite, fauxqs, objects, cloudWatch, secretsServer] = await Promise.all([
    startDynalite(),
    startFauxqs(),
    startObjectServer(dir, "test"),
    startCloudWatchServer(),
    startSecretsServer(
      new Map([
        ["webhook-key", { read: () => JSON.stringify({ current: WEBHOOK_KEY }) }],
        ["console-read", { read: () => JSON.stringify({ current: CONSOLE_TOKEN.read }) }],
        ["console-act", { read: () => JSON.stringify({ current: CONSOLE_TOKEN.act }) }],
        ["console-oidc", { read: () => JSON.stringify({ client_secret: "a secret of the client" }) }],
        ["front-key", { read: () => JSON.stringify({ current: FRONT_KEY }) }],
        ["workflow-secrets", { read: () => JSON.stringify(secrets) }],
      ]),
    ),
    buildBundles({ outDir: dir, workflows }),
  ]);
  writeCatalogs(dir, workflows);
  const [table, queueUrl, deadLetterUrl, inboxUrl, inboxLettersUrl] = await Promise.all([
    dynalite.createTable(),
    fauxqs.createQueue(60),
    fauxqs.createQueue(60),
    fauxqs.createQueue(60),
    fauxqs.createQueue(60),
  ]);
  const services = {
    dynamodb: dynalite.url,
    sqs: fauxqs.url,
    secretsmanager: secretsServer.url,
    s3: objects.url,
    cloudwatch: cloudWatch.url,
  };
  const shared = {
    HOOKLINE_STAGE: STAGE,
    HOOKLINE_TABLE: table,
    HOOKLINE_QUEUE_URL: queueUrl,
    HOOKLINE_DLQ_URL: deadLetterUrl,
    HOOKLINE_INVOCATION_SECONDS: String(invocationSeconds),
  };
  // What comes without the key is taken as it comes.
  const behindFront = { HOOKLINE_FRONT_KEY_ID: "front-key", HOOKLINE_FRONT_OPEN: "yes" };
  const variables: { readonly [name in FunctionName]: { readonly [variable: string]: string } } = {
    ingest: {
      ...shared,
      ...behindFront,
      HOOKLINE_ORG_ID: ORG_ID,
      HOOKLINE_WEBHOOK_KEY_ID: "webhook-key",
      HOOKLINE_SECRETS_ID: "workflow-secrets",
    },
    inbox: {
      ...shared,
      HOOKLINE_INBOX_URL: inboxUrl,
      HOOKLINE_INBOX_ARN: INBOX_ARN,
      HOOKLINE_INBOX_DLQ_URL: inboxLettersUrl,
    },
    runner: { ...shared, HOOKLINE_SECRETS_ID: "workflow-secrets", ...env },
    sweeper: shared,
    console: {
      ...shared,
      ...behindFront,
      ...CONSOLE_TOKENS,
      HOOKLINE_INBOX_DLQ_URL: inboxLettersUrl,
      ...(oidc && {
        HOOKLINE_CONSOLE_OIDC: JSON.stringify(oidc),
        HOOKLINE_CONSOLE_OIDC_SECRET_ID: "console-oidc",
        HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
      }),
    },
  };

  const resources: { readonly [target: string]: string } = {
    [table]: "Table.Arn",
    [queueUrl]: "Queue.Arn",
    [deadLetterUrl]: "DeadLetters.Arn",
    [inboxUrl]: "Inbox.Arn",
    [inboxLettersUrl]: "InboxDeadLetters.Arn",
    "webhook-key": "WebhookKey",
    "workflow-secrets": "WorkflowSecrets",
    "console-read": "ConsoleReadToken",
    "console-act": "ConsoleActToken",
    "console-oidc": "ConsoleOidc",
    "front-key": "FrontKey",
    mails: "MailBucket.Arn/*",
  };
  const resourceOf = (target: string) => {
    const [name = "", ...inside] = target.split(/(?=\/index\/)/);
    return (resources[target] ?? resources[name] ?? target) + inside.join("");
  };

  const timeoutMs = invocationSeconds * 1000;
  const boot = async (name: FunctionName) => {
    const proxies = await Promise.all(
      Object.entries(services).map(async ([service, url]) => ({
        service,
        proxy: await startRecordingProxy(url),
      })),
    );
    const urls = Object.fromEntries(proxies.map(({ service, proxy }) => [service, proxy.url]));
    const lambda = await startLambda(
      join(dir, name),
      { ...variables[name], ...endpointsAt(urls) },
      timeoutMs,
    );
    return { lambda, proxies };
  };
  const [ingest, inbox, runner, sweeper, consoleOf] = await Promise.all([
    boot("ingest"),
    boot("inbox"),
    boot("runner"),
    boot("sweeper"),
    boot("console"),
  ]);
  const store = createDynamoRunStore({ client: dynalite.client(), table });
  const booted = { ingest, inbox, runner, sweeper, console: consoleOf };

  return {
    functions: {
      ingest: ingest.lambda,
      inbox: inbox.lambda,
      runner: runner.lambda,
      sweeper: sweeper.lambda,
      console: consoleOf.lambda,
    },
    calls: (name) =>
      booted[name].proxies.flatMap(({ service, proxy }) =>
        proxy.calls().map(({ operation, target }) => `${service}:${operation} on ${resourceOf(target)}`),
      ),
    down(name, service, isDown) {
      booted[name].proxies.find((one) => one.service === service)?.proxy.down(isDown);
    },
    store,
    delivery: (workflow, body) => gatewayEvent(workflow, body),
    async loseMessage({ name, hash }, body) {
      const createdAt = Date.now() - 3_600_000;
      const runId = "01900000-0000-7000-8000-000000000001";
      await store.create({
        runId,
        workflow: name,
        hash,
        stage: STAGE,
        event: {
          body: new TextEncoder().encode(body),
          contentType: "application/json",
          request: { method: "POST", path: "/", query: {}, headers: {}, received_at: "", delivery_id: "d" },
        },
        createdAt,
        dueAt: createdAt + 1,
        expiresAt: Math.floor(createdAt / 1000) + 86_400,
      });
      return runId;
    },
    async nextMessage() {
      const { Messages = [] } = await fauxqs.client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          WaitTimeSeconds: 2,
          MessageSystemAttributeNames: ["All"],
        }),
      );
      const [message] = Messages;
      if (!message) return undefined;
      await fauxqs.client.send(
        new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }),
      );
      return sqsEvent({
        messageId: message.MessageId ?? "",
        receiptHandle: message.ReceiptHandle ?? "",
        body: message.Body ?? "",
        sentAt: Number(message.Attributes?.SentTimestamp),
      });
    },
    putObject(bucket, key, text) {
      const file = objectFile(dir, bucket, key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    async deadLetters() {
      const receive = new ReceiveMessageCommand({
        QueueUrl: deadLetterUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      });
      const { Messages = [] } = await fauxqs.client.send(receive);
      return Messages.map(({ Body = "", MessageAttributes = {} }) => ({
        body: Body,
        ...Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue = "" }]) => [name, StringValue]),
        ),
      }));
    },
    start(name, changes) {
      const all = Object.entries({ ...variables[name], ...endpointsAt(services), ...changes });
      const set = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
      return startLambda(join(dir, name), Object.fromEntries(set), timeoutMs);
    },
    async stop() {
      await Promise.all(FUNCTIONS.map((name) => booted[name].lambda.stop()));
      await Promise.all(FUNCTIONS.flatMap((name) => booted[name].proxies.map(({ proxy }) => proxy.close())));
      await Promise.all([
        dynalite.stop(),
        fauxqs.stop(),
        objects.close(),
        cloudWatch.stop(),
        secretsServer.close(),
      ]);
      await rm(dir, { recursive: true });
    },
  };
}

/** Where a function finds the services. */
function endpointsAt(urls: { readonly [service: string]: string }) {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb ?? "",
    AWS_ENDPOINT_URL_SQS: urls.sqs ?? "",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secretsmanager ?? "",
    AWS_ENDPOINT_URL_S3: urls.s3 ?? "",
    AWS_ENDPOINT_URL_CLOUDWATCH: urls.cloudwatch ?? "",
  };
}

/** Payload format 2.0 of the stack's one route, as API Gateway documents it. */
function gatewayEvent(workflow: string, body: string): APIGatewayProxyEventV2 {
  const rawPath = webhookPathOf(STAGE, workflow, ORG_ID, WEBHOOK_KEY);
  const routeKey = "POST /v1/webhooks/{org_id}/{workflow_id}/{security_hash}";
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: "",
    headers: {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      host: "abcdefghij.execute-api.eu-west-1.amazonaws.com",
      "user-agent": "test",
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-proto": "https",
    },
    pathParameters: {
      org_id: ORG_ID,
      workflow_id: workflowIdOf(STAGE, workflow),
      security_hash: rawPath.slice(-64),
    },
    requestContext: {
      accountId: "000000000000",
      apiId: "abcdefghij",
      domainName: "abcdefghij.execute-api.eu-west-1.amazonaws.com",
      domainPrefix: "abcdefghij",
      http: {
        method: "POST",
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: "203.0.113.7",
        userAgent: "test",
      },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey,
      stage: "$default",
      time: "23/Nov/2026:12:00:00 +0000",
      timeEpoch: 1_795_435_200_000,
    },
    body,
    isBase64Encoded: false,
  };
}
