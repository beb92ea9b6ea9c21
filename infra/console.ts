import { join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy, SecretValue, Validations } from "aws-cdk-lib";
import { type HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { Environment } from "../lib/core/config.ts";
import type { ConsoleConfig } from "../lib/core/console-config.ts";
import type { ConsoleRight } from "../lib/core/ports/console-tokens.ts";
import { consoleTokenId } from "../lib/core/stage-names.ts";
import { inputTable } from "../lib/core/workflow.ts";
import { addFunction, type Grant } from "./function.ts";
import type { FunctionsProps, SharedVariables } from "./functions.ts";
import type { Inbox } from "./inbox.ts";
import { plainEnvironment } from "./plain-environment.ts";

/**
 * Adds the console as two functions of one bundle: what shows pages may read, what the buttons call may change runs too. Each
 * right has a token of its own, so that IAM decides who may read which.
 */
export function addConsole(
  scope: Construct,
  {
    api,
    inbox,
    ...props
  }: Pick<FunctionsProps, "stage" | "build" | "settings" | "table" | "work" | "front"> & {
    readonly shared: SharedVariables;
    readonly api: HttpApi;
    readonly inbox: Inbox | undefined;
  },
): void {
  const { stage, table, work, front } = props;
  const { oidc } = props.settings.console;
  const tokens = { read: addToken(scope, stage, "read"), act: addToken(scope, stage, "act") };
  const reads: readonly Grant[] = [
    { actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem"], resources: [table.tableArn] },
    {
      actions: ["dynamodb:Query"],
      resources: [table.tableArn, `${table.tableArn}/index/by_workflow`],
    },
    {
      actions: ["secretsmanager:GetSecretValue"],
      resources: [tokens.read.secretArn, tokens.act.secretArn],
    },
    // To read a dead letter is to receive it, and to show it again.
    {
      actions: ["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"],
      resources: [work.deadLetters, ...(inbox ? [inbox.deadLetters] : [])].map(({ queueArn }) => queueArn),
    },
    { actions: ["cloudwatch:GetMetricData"], resources: ["*"] },
    ...(front ? [front.grant] : []),
  ];
  // Signing in takes a turn; redriving, replaying, cancelling and test events write runs and enqueue them, or take them back.
  const acts: readonly Grant[] = [
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"],
      resources: [table.tableArn],
    },
    { actions: ["sqs:SendMessage"], resources: [work.queue.queueArn] },
  ];
  const inputNames = inputTable(props.build.workflows).flatMap(({ environment = [] }) => environment);
  const client = oidc && addOidcClient(scope);
  // Who comes back from the provider asks for a page: what presses buttons never asks for a token.
  const signsIn: readonly Grant[] = client
    ? [{ id: "Oidc", actions: ["secretsmanager:GetSecretValue"], resources: [client.secretArn] }]
    : [];
  const add = (
    id: string,
    description: string,
    grants: readonly Grant[],
    more: Pick<Environment<ConsoleConfig>, "HOOKLINE_CONSOLE_OIDC_SECRET_ID"> = {},
  ) => {
    const made = addFunction(scope, {
      id,
      description,
      bundle: join(props.build.dir, "console"),
      memorySize: 1024,
      timeout: Duration.seconds(29),
      logLevel: props.shared.HOOKLINE_LOG_LEVEL,
      environment: {
        ...plainEnvironment(props.build.workflows, props.settings.environment, inputNames),
        ...props.shared,
        HOOKLINE_MAX_BODY_BYTES: String(props.settings.max_body_bytes),
        ...front?.variables,
        ...(inbox && { HOOKLINE_INBOX_DLQ_URL: inbox.deadLetters.queueUrl }),
        HOOKLINE_CONSOLE_READ_TOKEN_ID: tokens.read.secretArn,
        HOOKLINE_CONSOLE_ACT_TOKEN_ID: tokens.act.secretArn,
        ...(oidc && { HOOKLINE_CONSOLE_OIDC: JSON.stringify(oidc) }),
        ...more,
      } satisfies Environment<ConsoleConfig>,
      grants,
    });
    if (made.role)
      Validations.of(made.role).acknowledge({
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "GetMetricData knows no resources; it reads numbers, no events.",
      });
    return made;
  };
  const pages = add(
    "Console",
    "Shows the console's pages",
    [...reads, ...signsIn],
    client && { HOOKLINE_CONSOLE_OIDC_SECRET_ID: client.secretArn },
  );
  addRoutes(api, HttpMethod.GET, "Console", pages);
  const actions = add("ConsoleActions", "Does what the console's buttons say", [...reads, ...acts]);
  addRoutes(api, HttpMethod.POST, "ConsoleActions", actions);
}

function addToken(scope: Construct, stage: string, right: ConsoleRight): Secret {
  const token = new Secret(scope, right === "read" ? "ConsoleReadToken" : "ConsoleActToken", {
    secretName: consoleTokenId(stage, right),
    description: `Hookline: token that opens the console, to ${right === "read" ? "look" : "act"}`,
    generateSecretString: {
      secretStringTemplate: "{}",
      generateStringKey: "current",
      passwordLength: 48,
      excludePunctuation: true,
    },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(token).acknowledge({
    id: "AwsSolutions-SMG4",
    reason: "People sign in with it: a new one is given out by hand, with the previous one still valid.",
  });
  return token;
}

/** Has no name of its own, so that the stage can lose it and get another. A client without a secret leaves it as it is made. */
function addOidcClient(scope: Construct): Secret {
  const client = new Secret(scope, "ConsoleOidc", {
    description: "Hookline: the secret of the console's client at its provider, as client_secret",
    secretStringValue: SecretValue.unsafePlainText("{}"),
  });
  Validations.of(client).acknowledge({
    id: "AwsSolutions-SMG4",
    reason: "The provider gives it out; only there it can be rotated.",
  });
  new CfnOutput(scope, "ConsoleOidcSecret", { value: client.secretArn });
  return client;
}

/** Everything that is no webhook. */
function addRoutes(api: HttpApi, method: HttpMethod, id: string, target: IFunction): void {
  const integration = new HttpLambdaIntegration(id, target);
  const routes = ["/", "/{proxy+}"].flatMap((path) =>
    api.addRoutes({ path, methods: [method], integration }),
  );
  for (const route of routes) {
    Validations.of(route).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "The console asks for a sign-in itself, and refuses what another site's page sends.",
    });
  }
}
