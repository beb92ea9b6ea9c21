import {
  ApiMapping,
  DomainName,
  type HttpApi,
  type HttpStage,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { CfnRecordSet } from "aws-cdk-lib/aws-route53";
import type { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";

/**
 * Gives the API a domain name of its own, and its record where the hosted zone is known; the API's first address goes on working. Gives the
 * host that the name is to point at.
 */
export function addDomain(
  scope: Construct,
  { api, stage }: { readonly api: HttpApi; readonly stage: HttpStage },
  { name, certificate, hosted_zone: hostedZoneId }: NonNullable<StageSettings["domain"]>,
): string {
  const domain = new DomainName(scope, "Domain", {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", certificate),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new ApiMapping(scope, "DomainMapping", { api, domainName: domain, stage });
  if (hostedZoneId !== undefined)
    new CfnRecordSet(scope, "DomainRecord", {
      hostedZoneId,
      name,
      type: "A",
      aliasTarget: { dnsName: domain.regionalDomainName, hostedZoneId: domain.regionalHostedZoneId },
    });
  return domain.regionalDomainName;
}
