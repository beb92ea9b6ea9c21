import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { FlowError } from "../../core/flow-error.ts";
import type { MailPlace } from "../../core/ports/mails.ts";
import { callAws } from "../aws-errors.ts";

/** The bytes of an object. @throws FlowError `invalid_input` when there is none, and as {@link callAws} does. */
export async function readObject(client: S3Client, { bucket, key }: MailPlace): Promise<Uint8Array> {
  try {
    return await callAws(`reading the object ${key}`, async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    });
  } catch (thrown) {
    if (!(thrown instanceof NoSuchKey)) throw thrown;
    throw new FlowError("invalid_input", `there is no object ${key} in the bucket ${bucket}`);
  }
}
