/** A request to a service of AWS: the SDK's command, by name. */
export interface ServiceRequest {
  /** E.g. `PutItemCommand`. */
  readonly name: string;
  readonly input: object;
}
