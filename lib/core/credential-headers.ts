/** Headers of the sender, lower case, whose values are blanked in the stored event: a run's history is no place for them. */
export const CREDENTIAL_HEADERS: readonly string[] = ["authorization", "cookie", "proxy-authorization"];
