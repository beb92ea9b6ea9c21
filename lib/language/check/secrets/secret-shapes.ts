/** What a kind of secret looks like. Where the pattern has a group, the group is the secret. */
export interface SecretShape {
  /** With an article, as it reads in a sentence. */
  readonly kind: string;
  readonly pattern: RegExp;
}

// Parts in the middle are bounded, so that no text takes more than linear time. Prefixes and lengths as the providers document them.
export const SECRET_SHAPES: readonly SecretShape[] = [
  {
    kind: "a private key",
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  { kind: "an API key of Anthropic", pattern: /\bsk-ant-[\w-]{20,}/g },
  {
    kind: "an API key of OpenAI",
    pattern: /\bsk-(?!ant-)(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}/g,
  },
  { kind: "an API key of Google", pattern: /\bAIza[\w-]{35}/g },
  { kind: "a client secret of Google", pattern: /\bGOCSPX-[\w-]{20,}/g },
  { kind: "an access key of AWS", pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: "a token of GitHub", pattern: /\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g },
  { kind: "a token of GitLab", pattern: /\bgl(?:pat|dt|rt|ptt)-[\w-]{20,}/g },
  { kind: "a token of Slack", pattern: /\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}/g },
  {
    kind: "a webhook of Slack",
    pattern: /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/([\w/-]{20,})/g,
  },
  {
    kind: "a webhook of Teams",
    pattern: /https:\/\/[\w-]+\.webhook\.office\.com\/(webhookb2\/[\w/@-]{20,})/g,
  },
  {
    kind: "a webhook of Discord",
    pattern: /https:\/\/discord(?:app)?\.com\/api\/webhooks\/(\d+\/[\w-]{20,})/g,
  },
  {
    kind: "a key of Stripe",
    pattern: /\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,})/g,
  },
  { kind: "an API key of SendGrid", pattern: /\bSG\.[\w-]{16,100}\.[\w-]{16,100}/g },
  { kind: "an API key of Twilio", pattern: /\bSK[0-9a-f]{32}\b/g },
  { kind: "an API key of Mailgun", pattern: /\bkey-[0-9a-f]{32}\b/g },
  { kind: "a session of Salesforce", pattern: /\b00D[A-Za-z0-9]{12,15}![\w.]{20,}/g },
  { kind: "a token of Shopify", pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g },
  { kind: "a token of npm", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: "a token of Hugging Face", pattern: /\bhf_[A-Za-z0-9]{30,}\b/g },
  { kind: "an account key of Azure", pattern: /\bAccountKey=([A-Za-z0-9+/]{40,}={0,2})/g },
  { kind: "a JSON Web Token", pattern: /\beyJ[\w-]{10,1000}\.eyJ[\w-]{10,4000}\.[\w-]{10,}/g },
  { kind: "a bearer token", pattern: /\bBearer +([A-Za-z0-9._~+/-]{20,}=*)/gi },
  { kind: "basic credentials", pattern: /\bBasic +([A-Za-z0-9+/]{16,}={0,2})(?![\w $])/g },
  {
    kind: "a password in a URL",
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'${}]{1,100}:([^\s/@"'${}]{3,})@/gi,
  },
];
