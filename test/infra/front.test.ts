import { beforeAll, describe, expect, test } from "@jest/globals";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import twilio from "twilio";
import { ingestEvent } from "../../lib/app/ingest-event.ts";
import { type Front, throughFront } from "../../lib/app/through-front.ts";
import { webhookHandler } from "../../lib/app/webhook-handler.ts";
import { answerGateway } from "../../lib/console/answer-gateway.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { FRONT_HEADERS } from "../../lib/core/front-headers.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { stagesSchema } from "../../lib/core/stages.ts";
import { createConsoleWorld, TOKENS } from "../support/console-world.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";
import { pastDistribution, throughDistribution } from "../support/front-request.ts";
import { grantsOf, type Synthesis, synthesiseStages } from "../support/synthesise.ts";
import { createWorld, runIdOf, type World, webhookPathIn } from "../support/world.ts";

const ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/ours/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";
const KEY = "the key that the distribution sends, long enough";
const { stages } = stagesSchema.parse({
  stages: {
    plain: {},
    closed: { waf: ACL },
    moving: {
      region: "eu-central-1",
      waf: { acl: ACL, open: true },
      domain: { name: "hooks.example.com", certificate: CERTIFICATE, hosted_zone: "Z0123456789ABC" },
    },
  },
});
let made: ReadonlyMap<string, Synthesis>;

beforeAll(async () => {
  made = await synthesiseStages(stages, [emptyWorkflow({ name: "hook" })]);
});

const of = (stage: string) => made.get(stage) as Synthesis;
const all = (stage: string, type: string) => of(stage).resources.filter((resource) => resource.type === type);
const distributionOf = (stage: string) =>
  all(stage, "AWS::CloudFront::Distribution")[0]?.properties.DistributionConfig as JsonObject;
const variablesOf = (stage: string, id: string) =>
  (
    all(stage, "AWS::Lambda::Function").find((one) => one.id === id)?.properties.Environment as
      | JsonObject
      | undefined
  )?.Variables as JsonObject;
const LISTENERS = ["Ingest", "Console", "ConsoleActions"];

test("cdk-nag finds nothing in any of them that is not acknowledged", () => {
  for (const { findings } of made.values()) expect(findings).toEqual([]);
});

describe("a stage with a web ACL", () => {
  test("has a distribution that carries it, keeps nothing, takes every method, and hands on all but the host over TLS", () => {
    expect(distributionOf("closed")).toMatchObject({
      WebACLId: ACL,
      DefaultCacheBehavior: {
        AllowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        // Managed-CachingDisabled and Managed-AllViewerExceptHostHeader.
        CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        ViewerProtocolPolicy: "https-only",
        Compress: false,
        FunctionAssociations: [{ EventType: "viewer-request", FunctionARN: "TellSender.FunctionARN" }],
      },
      Origins: [
        {
          DomainName: "Api.execute-api.AWS::Region.amazonaws.com",
          CustomOriginConfig: {
            OriginProtocolPolicy: "https-only",
            OriginSSLProtocols: ["TLSv1.2"],
            OriginReadTimeout: 35,
          },
        },
      ],
    });
  });

  test("prints the distribution's host, or the domain name that is now its own", () => {
    expect(of("closed").outputs.ApiEndpoint).toEqual({ Value: "https://Front.DomainName" });
    expect(of("moving").outputs).toMatchObject({
      ApiEndpoint: { Value: "https://hooks.example.com" },
      DomainTarget: { Value: "Front.DomainName" },
    });
    expect(distributionOf("moving")).toMatchObject({
      Aliases: ["hooks.example.com"],
      ViewerCertificate: { AcmCertificateArn: CERTIFICATE, MinimumProtocolVersion: "TLSv1.2_2021" },
    });
    expect(all("moving", "AWS::ApiGatewayV2::DomainName")).toEqual([]);
    expect(all("moving", "AWS::Route53::RecordSet")[0]?.properties).toMatchObject({
      Name: "hooks.example.com",
      AliasTarget: { DNSName: "Front.DomainName", HostedZoneId: "Z2FDTNDATAQYW2" },
    });
  });

  test("lets what is behind the API read the key, and nobody else", () => {
    for (const id of LISTENERS) {
      expect(variablesOf("closed", id)).toMatchObject({ HOOKLINE_FRONT_KEY_ID: "FrontKey" });
      expect(variablesOf("closed", id)).not.toHaveProperty("HOOKLINE_FRONT_OPEN");
      expect(variablesOf("moving", id)).toMatchObject({ HOOKLINE_FRONT_OPEN: "yes" });
    }
    const readers = ["Ingest", "Runner", "Sweeper", "InboxFunction", "Console", "ConsoleActions"].filter(
      (name) => grantsOf(of("closed"), name).some(({ resources }) => resources.includes("FrontKey")),
    );
    expect(readers).toEqual(LISTENERS);
  });

  test("is unlike one without, which has none of it", () => {
    const types = of("plain").resources.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("AWS::CloudFront::"))).toEqual([]);
    for (const id of LISTENERS) expect(variablesOf("plain", id)).not.toHaveProperty("HOOKLINE_FRONT_KEY_ID");
  });
});

const FORM = "Body=hello&From=%2B15551234567";
const file = { input: { type: "http_webhook", verify: "twilio" }, steps: [] };
const closed: Front = { keys: async () => [KEY, "the key before that one, as long as it"], isOpen: false };

function sms(headers: Readonly<Record<string, string>> = {}, host = "hooks.example.com") {
  const path = webhookPathIn("example");
  const signature = twilio.getExpectedTwilioSignature(
    "token",
    `https://hooks.example.com${path}`,
    Object.fromEntries(new URLSearchParams(FORM)),
  );
  return {
    method: "POST",
    target: path,
    headers: {
      host,
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signature,
      ...headers,
    },
    body: Buffer.from(FORM),
    sourceIp: "203.0.113.7",
  };
}

const ask = (world: World, event: APIGatewayProxyEventV2, front: Front = closed) =>
  webhookHandler({ front, log: world.log }, (request) => ingestEvent(world.ingest, request))(event);
const smsWorld = () => createWorld({ file, secrets: { TWILIO_AUTH_TOKEN: "token" } });

describe("a delivery", () => {
  test("that comes through is verified by the URL that its sender called, and its receipt names the sender", async () => {
    const world = smsWorld();
    const answer = await ask(world, throughDistribution(of("closed"), KEY, sms()));
    expect(answer.statusCode).toBe(202);
    const run = await world.run(runIdOf({ status: 202, body: JSON.parse(answer.body ?? "") }));
    expect(run.delivery?.sourceIp).toBe("203.0.113.7");
    const stored = JSON.stringify(run.event.request);
    expect(stored).not.toContain(KEY);
    for (const header of Object.values(FRONT_HEADERS)) expect(stored).not.toContain(header);
  });

  test("keeps no word of a sender's about itself", async () => {
    const world = smsWorld();
    const lies = { [FRONT_HEADERS.senderAddress]: "192.0.2.66", [FRONT_HEADERS.askedHost]: "evil.example" };
    const event = throughDistribution(of("closed"), KEY, sms({ ...lies, [FRONT_HEADERS.key]: "guess" }));
    const answer = await ask(world, event);
    const run = await world.run(runIdOf({ status: 202, body: JSON.parse(answer.body ?? "") }));
    expect(run.delivery?.sourceIp).toBe("203.0.113.7");
  });

  test("that passes the firewall by is answered as a wrong URL is, whatever it says of itself", async () => {
    const world = smsWorld();
    const guesses = ["", "guess", KEY.slice(1), `${KEY} `, `${KEY},${KEY}`];
    const past = [
      sms(),
      ...guesses.map((guess) =>
        sms({
          [FRONT_HEADERS.key]: guess,
          [FRONT_HEADERS.senderAddress]: "203.0.113.7",
          [FRONT_HEADERS.askedHost]: "hooks.example.com",
        }),
      ),
      // Whoever has the key and does not say the rest is no distribution of ours.
      sms({ [FRONT_HEADERS.key]: KEY }),
    ].map(pastDistribution);
    const wrongUrl = await ask(
      world,
      throughDistribution(of("closed"), KEY, {
        ...sms(),
        target: `${webhookPathIn("example").slice(0, -1)}0`,
      }),
    );
    for (const event of past) expect(await ask(world, event)).toEqual(wrongUrl);
    expect(wrongUrl.statusCode).toBe(404);
    expect(world.queue.nextVisibleAt()).toBeUndefined();
  });

  test("is taken under the key before, while the key is being changed", async () => {
    const event = throughDistribution(of("closed"), "the key before that one, as long as it", sms());
    expect((await ask(smsWorld(), event)).statusCode).toBe(202);
  });

  test("waits for a sender to try again while the key cannot be read", async () => {
    const keys = async () => {
      throw new FlowError("connection", "Secrets Manager does not answer");
    };
    const answer = await ask(smsWorld(), throughDistribution(of("closed"), KEY, sms()), {
      keys,
      isOpen: false,
    });
    expect([answer.statusCode, answer.headers?.["retry-after"]]).toEqual([503, expect.any(String)]);
  });

  test("is taken at both addresses while senders move, each with its own word for who asks", async () => {
    const open = { ...closed, isOpen: true };
    const world = createWorld({ file: { steps: [] } });
    const lies = { [FRONT_HEADERS.senderAddress]: "192.0.2.66", [FRONT_HEADERS.askedHost]: "evil.example" };
    const addresses: unknown[] = [];
    for (const event of [throughDistribution(of("moving"), KEY, sms()), pastDistribution(sms(lies))]) {
      const answer = await ask(world, event, open);
      const run = await world.run(runIdOf({ status: 202, body: JSON.parse(answer.body ?? "") }));
      addresses.push(run.delivery?.sourceIp);
      expect(JSON.stringify(run.event.request)).not.toContain("evil.example");
    }
    expect(addresses).toEqual(["203.0.113.7", "203.0.113.7"]);
    expect((await ask(world, pastDistribution(sms({ [FRONT_HEADERS.key]: "guess" })), open)).statusCode).toBe(
      404,
    );
  });
});

test("the console is behind the firewall too, by the name that people ask it by", async () => {
  const { app, world } = createConsoleWorld({ file: { steps: [] } }, { closed: true });
  const page = (headers: Readonly<Record<string, string>>, form = "") => ({
    method: form === "" ? "GET" : "POST",
    target: form === "" ? "/runs" : "/sign-in",
    headers: { host: "d111111abcdef8.cloudfront.net", ...headers },
    body: Buffer.from(form),
    sourceIp: "203.0.113.7",
  });
  const open = (event: APIGatewayProxyEventV2) =>
    throughFront({ front: closed, log: world.log }, event, (asked) => answerGateway(app, asked));
  const past = await open(pastDistribution(page({})));
  expect([past.statusCode, past.body]).toEqual([404, ""]);
  const through = await open(throughDistribution(of("closed"), KEY, page({})));
  expect([through.statusCode, through.headers?.location]).toEqual([303, "/sign-in?to=%2Fruns"]);
  // A browser that says by Origin alone where a form comes from names the host that it asked.
  const form = page(
    { origin: "https://d111111abcdef8.cloudfront.net", "content-type": "application/x-www-form-urlencoded" },
    new URLSearchParams({ token: TOKENS.read }).toString(),
  );
  expect((await open(throughDistribution(of("closed"), KEY, form))).statusCode).toBe(303);
});
