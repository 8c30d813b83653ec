/** Where a resource is that has no ARN of its own. */
export interface Origin {
  /** The region of ARNs that have to be made, and of hosts. Default: `us-east-1`. */
  readonly region?: string | undefined;
  /** The account of ARNs that have to be made, and of requests. Default: `123456789012`. */
  readonly accountId?: string | undefined;
}

export const defaultRegion = "us-east-1";
export const defaultAccount = "123456789012";

/** What stands where the old cloud's handle would be that a handler could act by. It leads nowhere. */
export const notLive = "portico-not-live";

/** The ARN that an event's own source is, where it is one of this service; else one made from the options. */
export function toArn(source: string, service: string, resource: string, origin: Origin): string {
  return isArn(source, service) ? source : makeArn(service, resource, origin);
}

export function makeArn(
  service: string,
  resource: string,
  { region = defaultRegion, accountId = defaultAccount }: Origin,
): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

export function isArn(text: string, service: string): boolean {
  const [scheme, , name, , , resource] = text.split(":", 6);
  return scheme === "arn" && name === service && resource !== undefined && resource !== "";
}

/** The region that an ARN names; some name none. */
export function regionOf(arn: string, { region = defaultRegion }: Origin): string {
  return arn.split(":", 4)[3] || region;
}
