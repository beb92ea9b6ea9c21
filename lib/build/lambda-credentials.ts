/** What the SDK signs its requests with. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles: Lambda puts the credentials of a function's role into its
 * environment, so the search through profiles, SSO and metadata services (130 kB) has nothing to find.
 * @throws Error from the provider it returns, naming the variables, when they are not set.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, AWS_SESSION_TOKEN: token } = process.env;
    if (!id || !key)
      throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: Lambda sets both");
    return { accessKeyId: id, secretAccessKey: key, ...(token && { sessionToken: token }) };
  };
}
