import type { LatticeEvent } from "@portico/aws";
import type { HttpFormat } from "@portico/aws/wrap";

type Values = Record<string, string>;
type Lists = Record<string, string[]>;

/** An HTTP API's event with payload format 2.0, or a function URL's, as a fake has it: with all that the service always sends. */
export interface FakePayloadV2Event {
  version: string;
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Values;
  queryStringParameters?: Values;
  pathParameters?: Values;
  requestContext: {
    accountId: string;
    apiId: string;
    domainName: string;
    domainPrefix: string;
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
    requestId: string;
    routeKey: string;
    stage: string;
    time: string;
    timeEpoch: number;
  };
  body?: string;
  isBase64Encoded: boolean;
}

/** A REST API's event, or an HTTP API's with payload format 1.0, as a fake has it. */
export interface FakeRestEvent {
  resource: string;
  path: string;
  httpMethod: string;
  headers: Values;
  multiValueHeaders: Lists;
  queryStringParameters: Values | null;
  multiValueQueryStringParameters: Lists | null;
  pathParameters: Values | null;
  stageVariables: null;
  requestContext: {
    accountId: string;
    apiId: string;
    domainName: string;
    domainPrefix: string;
    extendedRequestId: string;
    httpMethod: string;
    path: string;
    protocol: string;
    requestId: string;
    requestTime: string;
    requestTimeEpoch: number;
    resourceId: string;
    resourcePath: string;
    stage: string;
    identity: { sourceIp: string; userAgent: string | null };
  };
  body: string | null;
  isBase64Encoded: boolean;
}

/** An Application Load Balancer's event as a fake has it. */
export interface FakeAlbEvent {
  requestContext: { elb: { targetGroupArn: string } };
  httpMethod: string;
  path: string;
  headers?: Values;
  multiValueHeaders?: Lists;
  queryStringParameters?: Values;
  multiValueQueryStringParameters?: Lists;
  body: string;
  isBase64Encoded: boolean;
}

/** The native event of each format. */
export interface HttpEvents extends Record<HttpFormat, unknown> {
  readonly rest: FakeRestEvent;
  readonly "http-1.0": FakeRestEvent;
  readonly "http-2.0": FakePayloadV2Event;
  readonly url: FakePayloadV2Event;
  readonly alb: FakeAlbEvent;
  readonly "alb-multi": FakeAlbEvent;
  readonly lattice: LatticeEvent;
}
