import { FlowError } from "../core/flow-error.ts";
import { formatJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Arrival } from "./arrival.ts";
import type { BridgeEvent } from "./bridge-event.ts";

/** What happened to an object of a bucket (S3 User Guide, "EventBridge event message structure"). */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  readonly object: JsonObject;
}

/** Reads what S3 tells through EventBridge. @throws FlowError `invalid_input` for anything else. */
export function readObjectChange({ detail }: BridgeEvent): ObjectChange {
  const { bucket, object } = detail;
  const name = isObject(bucket) ? bucket.name : undefined;
  if (typeof name !== "string" || !isObject(object) || typeof object.key !== "string")
    throw new FlowError("invalid_input", "no event of S3: expected detail.bucket.name and detail.object.key");
  return { bucket: name, key: object.key, object };
}

/** A change of an object as an arrival. Bucket, key, version and sequencer tell it from every other one. */
export function objectArrival(event: BridgeEvent): Arrival {
  const { bucket, key, object } = readObjectChange(event);
  const { size = null, etag = null, "version-id": version = null, sequencer = null } = object;
  const id = [bucket, key, version, sequencer].map((part) => formatJson(part)).join("/");
  const received_at = new Date(event.at).toISOString();
  const body: { readonly [name: string]: Json } = {
    event: event.kind === "Object Deleted" ? "deleted" : "created",
    bucket,
    key,
    version_id: version,
    size,
    etag,
    reason: event.detail.reason ?? null,
    time: received_at,
  };
  return {
    event: {
      body: new TextEncoder().encode(formatJson(body)),
      contentType: "application/json",
      request: {
        method: "S3",
        path: `${bucket}/${key}`,
        query: {},
        headers: {},
        received_at,
        delivery_id: event.id,
      },
    },
    at: event.at,
    id,
  };
}
