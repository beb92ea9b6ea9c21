import { expect, test } from "@jest/globals";
import { askAws } from "../../lib/cli/aws-trouble.ts";

const fault = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

test.each([
  [fault("Error", "Region is missing"), "no AWS region is set: set AWS_REGION to the one of the stage"],
  [
    fault("CredentialsProviderError", "none"),
    "no AWS credentials were found (none): sign in, or set AWS_PROFILE",
  ],
  [fault("ExpiredTokenException", "The token has expired"), "AWS refuses: The token has expired"],
  [fault("InvalidClientTokenId", "The token is invalid"), "AWS refuses: The token is invalid"],
  [
    fault("Error", "getaddrinfo ENOTFOUND cloudformation.eu-west-9.amazonaws.com", { code: "ENOTFOUND" }),
    "AWS cannot be reached (getaddrinfo ENOTFOUND cloudformation.eu-west-9.amazonaws.com): look at the network, and at AWS_REGION",
  ],
  [
    fault("TimeoutError", "8 s are over"),
    "AWS cannot be reached (8 s are over): look at the network, and at AWS_REGION",
  ],
])("fault %# is told in a sentence", async (error, sentence) => {
  await expect(askAws("", () => Promise.reject(error))).rejects.toMatchObject({
    class: "config_error",
    message: sentence,
  });
});

test("a fault that is nothing of this stays what it is", async () => {
  const error = fault("TypeError", "x is not a function");
  await expect(askAws("", () => Promise.reject(error))).rejects.toBe(error);
});
