import { S3Client } from "@aws-sdk/client-s3";
import { requestHandler, withoutLogger } from "../aws-clients.ts";
import { environment } from "../environment.ts";

/** The client of the buckets. One that is not AWS's has no host for each bucket. */
export function s3Client(): S3Client {
  const forcePathStyle = environment().AWS_ENDPOINT_URL_S3 !== undefined;
  return withoutLogger(new S3Client({ requestHandler: requestHandler(), forcePathStyle }));
}
