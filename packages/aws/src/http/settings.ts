/** The options of `aws.http` that say how an event is read, filled in. */
export interface HttpSettings {
  /** `""`, or `/prefix`. */
  readonly basePath: string;
  readonly stripStage: boolean;
  readonly trustedProxies: number;
  readonly trust: readonly string[];
}
