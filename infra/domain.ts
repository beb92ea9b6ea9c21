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

type Domain = NonNullable<StageSettings["domain"]>;

/**
 * Gives the API a domain name of its own, and its record where the hosted zone is known; the API's first address goes on working. Gives the
 * host that the name is to point at.
 */
export function addDomain(
  scope: Construct,
  { api, stage }: { readonly api: HttpApi; readonly stage: HttpStage },
  settings: Domain,
): string {
  const { name, certificate } = settings;
  const domain = new DomainName(scope, "Domain", {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", certificate),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new ApiMapping(scope, "DomainMapping", { api, domainName: domain, stage });
  addDomainRecord(scope, settings, {
    dnsName: domain.regionalDomainName,
    hostedZoneId: domain.regionalHostedZoneId,
  });
  return domain.regionalDomainName;
}

/** Lets the name lead to a host of AWS, where its hosted zone is known. */
export function addDomainRecord(
  scope: Construct,
  { name, hosted_zone: hostedZoneId }: Domain,
  aliasTarget: CfnRecordSet.AliasTargetProperty,
): void {
  if (hostedZoneId === undefined) return;
  new CfnRecordSet(scope, "DomainRecord", { hostedZoneId, name, type: "A", aliasTarget });
}
