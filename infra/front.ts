import { CfnOutput, Duration, SecretValue, Stack, Validations } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import * as cloudfront from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { Environment, IngestConfig } from "../lib/core/config.ts";
import { FRONT_HEADERS } from "../lib/core/front-headers.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import { addDomainRecord } from "./domain.ts";
import type { Grant } from "./function.ts";

/** The firewall before the API. */
export interface Front {
  /** Host that senders and people ask. */
  readonly host: string;
  /** What the functions behind the API are told, and may read, to know what came through. */
  readonly variables: Pick<Environment<IngestConfig>, "HOOKLINE_FRONT_KEY_ID" | "HOOKLINE_FRONT_OPEN">;
  readonly grant: Grant;
}

/** Runs in CloudFront, which hands on neither: who asks, and by which host. */
const TELL_SENDER = `function handler(event) {
  var request = event.request;
  request.headers["${FRONT_HEADERS.senderAddress}"] = { value: event.viewer.ip };
  request.headers["${FRONT_HEADERS.askedHost}"] = { value: request.headers.host.value };
  return request;
}`;
// Of CloudFront itself (Route 53 API Reference, AliasTarget).
const CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2";

/**
 * Puts a CloudFront distribution with the stage's web ACL before the API. It keeps nothing, hands on everything but the host, and shows by a key that
 * it is the one who asks: so the functions know what has passed it by.
 */
export function addFront(
  scope: Construct,
  api: HttpApi,
  { waf, domain }: Pick<StageSettings, "waf" | "domain">,
): Front | undefined {
  if (waf === undefined) return undefined;
  const { acl, open } = typeof waf === "string" ? { acl: waf, open: false } : waf;
  const key = addKey(scope);
  const distribution = new cloudfront.Distribution(scope, "Front", {
    comment: `${Stack.of(scope).stackName}: firewall of the API`,
    webAclId: acl,
    ...(domain && {
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(scope, "Certificate", domain.certificate),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    }),
    defaultBehavior: {
      origin: new HttpOrigin(`${api.apiId}.execute-api.${Stack.of(scope).region}.amazonaws.com`, {
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        customHeaders: {
          [FRONT_HEADERS.key]: SecretValue.secretsManager(key.secretArn, {
            jsonField: "current",
          }).unsafeUnwrap(),
        },
        // The API answers within 30 seconds, whatever its function does.
        readTimeout: Duration.seconds(35),
      }),
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      compress: false,
      functionAssociations: [
        {
          eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
          function: new cloudfront.Function(scope, "TellSender", {
            comment: "Tells the API who asks, and by which host",
            runtime: cloudfront.FunctionRuntime.JS_2_0,
            code: cloudfront.FunctionCode.fromInline(TELL_SENDER),
          }),
        },
      ],
    },
  });
  for (const [id, reason] of [
    ["AwsSolutions-CFR1", "Senders are services anywhere; who may call is the web ACL's to say."],
    [
      "AwsSolutions-CFR3",
      "A log of URLs would hold what authorises senders; the API logs each request without its path.",
    ],
    [
      "AwsSolutions-CFR4",
      "Without a domain of one's own CloudFront's certificate is used, whose protocols cannot be chosen.",
    ],
  ] as const)
    Validations.of(distribution).acknowledge({ id, reason });
  new CfnOutput(scope, "FrontKeyArn", { value: key.secretArn });
  if (domain) {
    addDomainRecord(scope, domain, { dnsName: distribution.domainName, hostedZoneId: CLOUDFRONT_ZONE });
    new CfnOutput(scope, "DomainTarget", { value: distribution.domainName });
  }
  return {
    host: domain?.name ?? distribution.domainName,
    variables: { HOOKLINE_FRONT_KEY_ID: key.secretArn, ...(open && { HOOKLINE_FRONT_OPEN: "yes" }) },
    grant: { id: "Front", actions: ["secretsmanager:GetSecretValue"], resources: [key.secretArn] },
  };
}

function addKey(scope: Construct): Secret {
  const key = new Secret(scope, "FrontKey", {
    description: "Hookline: key by which the firewall's requests to the API are known",
    generateSecretString: {
      secretStringTemplate: "{}",
      generateStringKey: "current",
      passwordLength: 64,
      excludePunctuation: true,
    },
  });
  Validations.of(key).acknowledge({
    id: "AwsSolutions-SMG4",
    reason:
      "The distribution must send what the functions expect: both are changed by hand, with the key before still valid.",
  });
  return key;
}
