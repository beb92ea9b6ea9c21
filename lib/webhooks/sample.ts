import type { JsonObject } from "../core/json.ts";

/** What differs from one delivery of a sample to the next. */
export interface SampleDelivery {
  /** 32 hex digits. */
  readonly hex: string;
  /** The same as a UUID. */
  readonly uuid: string;
  /** A whole number of at most nine digits, of the same. */
  readonly number: number;
  readonly iso: string;
  /** Since the epoch. */
  readonly seconds: number;
  readonly milliseconds: number;
}

/** A delivery as a service makes one, without what its signature needs. */
export type Sample = {
  /** What tells of the delivery; `content-type` is that of the body unless it stands here. */
  readonly headers?: { readonly [name: string]: string };
} & (
  | { readonly json: JsonObject | readonly JsonObject[] }
  | { readonly form: { readonly [name: string]: string } }
);

/** Makes a sample; the same delivery gives the same one. */
export type SampleMaker = (delivery: SampleDelivery) => Sample;

/** The body of a sample as it is sent; JSON indented by so many spaces. */
export function sampleText(sample: Sample, indent = 0): string {
  if ("form" in sample) return new URLSearchParams(sample.form).toString();
  return JSON.stringify(sample.json, null, indent);
}

/** What a sample's body is. */
export function sampleType(sample: Sample): string {
  return "form" in sample ? "application/x-www-form-urlencoded" : "application/json";
}
