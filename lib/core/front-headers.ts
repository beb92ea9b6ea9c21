/**
 * What the distribution with a stage's firewall tells of a request, beside the key that shows that it is the one who tells. It writes over whatever a
 * sender puts there.
 */
export const FRONT_HEADERS = {
  key: "x-hookline-front-key",
  senderAddress: "x-hookline-sender-address",
  askedHost: "x-hookline-asked-host",
} as const;
