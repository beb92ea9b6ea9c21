import { createHmac } from "node:crypto";
import { isOneOf } from "../../webhooks/credential.ts";

/** Name of the field that carries a form's token. */
export const FORM_TOKEN = "form_token";

/**
 * What a visitor's forms carry and a page of somebody else cannot know. It is another text in each answer, so that the length of
 * compressed answers tells nothing of it (BREACH).
 */
export function formToken(formKey: string, nonce: string): string {
  return `${nonce}.${createHmac("sha256", formKey).update(nonce).digest("base64url")}`;
}

/** Whether a form's token was made with the key. */
export function isFormToken(formKey: string, given: unknown): boolean {
  if (typeof given !== "string") return false;
  const [nonce = ""] = given.split(".", 1);
  return isOneOf(given, [formToken(formKey, nonce)]);
}
