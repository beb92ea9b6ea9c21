import { beforeAll, describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../../lib/core/json.ts";
import { stagesSchema } from "../../lib/core/stages.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";
import { type Resource, type Synthesis, synthesiseStages } from "../support/synthesise.ts";

const CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";
const POOL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E";
const { stages } = stagesSchema.parse({
  stages: {
    plain: {},
    made: {
      vpc: "new",
      domain: { name: "hooks.example.com", certificate: CERTIFICATE, hosted_zone: "Z0123456789ABC" },
      console: { oidc: { issuer: POOL, client_id: "abc", act: { "cognito:groups": ["on-call"] } } },
    },
    theirs: {
      vpc: {
        subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        security_groups: ["sg-0123456789abcdef2"],
      },
      domain: { name: "hooks.example.com", certificate: CERTIFICATE },
    },
  },
});
let made: ReadonlyMap<string, Synthesis>;

beforeAll(async () => {
  made = await synthesiseStages(stages, [emptyWorkflow({ name: "hook" })]);
});

const of = (stage: string) => made.get(stage) as Synthesis;
const all = (stage: string, type: string): readonly Resource[] =>
  of(stage).resources.filter((resource) => resource.type === type);
const { stringify } = JSON;
const networkOf = (stage: string, id: string) =>
  all(stage, "AWS::Lambda::Function").find((one) => one.id === id)?.properties.VpcConfig as
    | JsonObject
    | undefined;

test("cdk-nag finds nothing in any of them that is not acknowledged", () => {
  for (const { findings } of made.values()) expect(findings).toEqual([]);
});

test("a stage that asks for none of it has none of it", () => {
  const types = of("plain").resources.map(({ type }) => type);
  expect(
    types.filter((type) => /::(EC2|Route53|CertificateManager)::|DomainName|ApiMapping/.test(type)),
  ).toEqual([]);
});

describe("a domain name", () => {
  test.each(["made", "theirs"])("leads to the API by the given certificate and TLS 1.2 (%s)", (stage) => {
    expect(all(stage, "AWS::ApiGatewayV2::DomainName")[0]?.properties).toMatchObject({
      DomainName: "hooks.example.com",
      DomainNameConfigurations: [
        { CertificateArn: CERTIFICATE, EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" },
      ],
    });
    const [mapping] = all(stage, "AWS::ApiGatewayV2::ApiMapping");
    expect(mapping?.properties).toEqual({ ApiId: "Api", DomainName: "Domain", Stage: "$default" });
    expect(stringify(mapping?.attributes.DependsOn)).toMatch(/"Stage\w{8}"/);
    expect(of(stage).outputs).toMatchObject({
      ApiEndpoint: { Value: "https://hooks.example.com" },
      DomainTarget: { Value: "Domain.RegionalDomainName" },
    });
  });

  test("has its record where the hosted zone is known, and only there", () => {
    expect(all("made", "AWS::Route53::RecordSet").map(({ properties }) => properties)).toEqual([
      {
        HostedZoneId: "Z0123456789ABC",
        Name: "hooks.example.com",
        Type: "A",
        AliasTarget: { DNSName: "Domain.RegionalDomainName", HostedZoneId: "Domain.RegionalHostedZoneId" },
      },
    ]);
    expect(all("theirs", "AWS::Route53::RecordSet")).toEqual([]);
  });
});

describe("a VPC", () => {
  test("holds the runner and no other function", () => {
    expect(networkOf("theirs", "Runner")).toEqual({
      SubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
      SecurityGroupIds: ["sg-0123456789abcdef2"],
    });
    for (const stage of ["made", "theirs"])
      for (const id of ["Ingest", "Sweeper"]) expect(networkOf(stage, id)).toBeUndefined();
  });

  test("that is made has private subnets, a way out, and endpoints of table, queues and secrets", () => {
    const subnets = networkOf("made", "Runner")?.SubnetIds as readonly string[];
    expect(subnets).toHaveLength(2);
    for (const subnet of subnets) expect(subnet).toMatch(/^NetworkPrivateSubnet\dSubnet$/);
    expect(all("made", "AWS::EC2::NatGateway")).toHaveLength(1);
    const services = all("made", "AWS::EC2::VPCEndpoint").map(({ properties }) =>
      String(properties.ServiceName).replace(/^.*\./, ""),
    );
    expect(services.toSorted()).toEqual(["dynamodb", "secretsmanager", "sqs"]);
    expect(all("made", "AWS::EC2::SecurityGroupIngress").map(({ properties }) => properties)).toMatchObject([
      {
        GroupId: "EndpointNetwork.GroupId",
        SourceSecurityGroupId: "RunnerNetwork.GroupId",
        FromPort: 443,
        ToPort: 443,
      },
    ]);
    const open = all("made", "AWS::EC2::Subnet").filter(({ properties }) => properties.MapPublicIpOnLaunch);
    expect(open).toEqual([]);
  });

  test("that is theirs gets nothing added", () => {
    expect(of("theirs").resources.filter(({ type }) => type.startsWith("AWS::EC2::"))).toEqual([]);
  });

  test("lets Lambda make interfaces with the runner's role, and never the runner's own code", () => {
    const statements = all("theirs", "AWS::IAM::Policy").flatMap(
      ({ properties }) => (properties.PolicyDocument as JsonObject).Statement as readonly JsonObject[],
    );
    const ofNetwork = statements.filter(({ Action }) => String(Action).includes("ec2:"));
    expect(ofNetwork.map(({ Effect, Condition }) => [Effect, Condition])).toEqual([
      ["Allow", undefined],
      ["Deny", { ArnEquals: { "lambda:SourceFunctionArn": "Runner.Arn" } }],
    ]);
    expect(new Set(ofNetwork.map(({ Action }) => String(Action))).size).toBe(1);
  });
});

describe("sign-in by a provider", () => {
  const variablesOf = (stage: string, id: string) => {
    const found = all(stage, "AWS::Lambda::Function").find((one) => one.id === id) as Resource;
    return (found.properties.Environment as JsonObject).Variables as JsonObject;
  };
  const secretIds = (stage: string) => all(stage, "AWS::SecretsManager::Secret").map(({ id }) => id);

  test("is told to both functions of the console, and the secret of its client to the one that people come back to", () => {
    for (const id of ["Console", "ConsoleActions"])
      expect(JSON.parse(String(variablesOf("made", id).HOOKLINE_CONSOLE_OIDC))).toEqual({
        issuer: POOL,
        client_id: "abc",
        scopes: ["email"],
        act: { "cognito:groups": ["on-call"] },
      });
    expect(variablesOf("made", "Console")).toMatchObject({ HOOKLINE_CONSOLE_OIDC_SECRET_ID: "ConsoleOidc" });
    expect(variablesOf("made", "ConsoleActions")).not.toHaveProperty("HOOKLINE_CONSOLE_OIDC_SECRET_ID");
    const readers = all("made", "AWS::IAM::Policy").filter(({ properties }) =>
      stringify(properties.PolicyDocument).includes('"ConsoleOidc"'),
    );
    expect(readers.map(({ properties }) => properties.Roles)).toEqual([["ConsoleRole"]]);
  });

  test("has a secret that is empty until somebody fills it, and that can be made anew", () => {
    const secret = all("made", "AWS::SecretsManager::Secret").find(({ id }) => id === "ConsoleOidc");
    expect(secret?.properties.SecretString).toBe("{}");
    expect(secret?.properties).not.toHaveProperty("Name");
    expect(of("made").outputs).toMatchObject({ ConsoleOidcSecret: { Value: "ConsoleOidc" } });
  });

  test("is nowhere in a stage that does not ask for it", () => {
    expect(secretIds("plain")).not.toContain("ConsoleOidc");
    expect(variablesOf("plain", "Console")).not.toHaveProperty("HOOKLINE_CONSOLE_OIDC");
  });
});
