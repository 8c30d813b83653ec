/** A map of one value per name, as far as API Gateway, ALB and Lattice agree on it: any map may be missing or null. */
type SingleValues = Readonly<Record<string, string | null | undefined>> | null | undefined;

/** A map of all values per name; an empty list stands for a missing one. */
type MultiValues = Readonly<Record<string, readonly string[] | null | undefined>> | null | undefined;

interface Body {
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | null | undefined;
}

/**
 * REST API, and HTTP API with payload format 1.0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export interface RestEvent extends Body {
  /** `"1.0"` on an HTTP API; a REST API sends none. */
  readonly version?: string | undefined;
  /** The route's template, such as `/orders/{id}`. */
  readonly resource?: string | undefined;
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: SingleValues;
  readonly multiValueHeaders?: MultiValues;
  readonly queryStringParameters?: SingleValues;
  readonly multiValueQueryStringParameters?: MultiValues;
  readonly pathParameters?: SingleValues;
  readonly stageVariables?: SingleValues;
  readonly requestContext: {
    readonly accountId?: string | undefined;
    readonly domainPrefix?: string | undefined;
    readonly extendedRequestId?: string | undefined;
    readonly httpMethod?: string | undefined;
    readonly protocol?: string | undefined;
    readonly requestTime?: string | undefined;
    readonly resourceId?: string | undefined;
    readonly resourcePath?: string | undefined;
    readonly requestId?: string | undefined;
    readonly requestTimeEpoch?: number | undefined;
    readonly apiId?: string | undefined;
    readonly stage?: string | null | undefined;
    readonly path?: string | undefined;
    readonly domainName?: string | undefined;
    readonly authorizer?: object | null | undefined;
    readonly identity?: object | null | undefined;
  };
}

/**
 * HTTP API with payload format 2.0, and function URL.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export interface PayloadV2Event extends Body {
  readonly version?: string | undefined;
  readonly routeKey?: string | undefined;
  readonly rawPath: string;
  readonly rawQueryString?: string | undefined;
  readonly cookies?: readonly string[] | null | undefined;
  readonly headers?: SingleValues;
  readonly queryStringParameters?: SingleValues;
  readonly pathParameters?: SingleValues;
  readonly stageVariables?: SingleValues;
  readonly requestContext: {
    readonly accountId?: string | undefined;
    readonly domainPrefix?: string | undefined;
    readonly routeKey?: string | undefined;
    readonly time?: string | undefined;
    readonly requestId?: string | undefined;
    readonly timeEpoch?: number | undefined;
    readonly apiId?: string | undefined;
    readonly stage?: string | null | undefined;
    readonly domainName?: string | undefined;
    readonly http: {
      readonly protocol?: string | undefined;
      readonly userAgent?: string | undefined;
      readonly method: string;
      readonly path?: string | undefined;
      readonly sourceIp?: string | undefined;
    };
    readonly authorizer?:
      | {
          readonly jwt?:
            | { readonly claims?: unknown; readonly scopes?: readonly string[] | null | undefined }
            | undefined;
          readonly lambda?: object | null | undefined;
          readonly iam?: object | null | undefined;
        }
      | null
      | undefined;
    readonly authentication?: { readonly clientCert?: object | null | undefined } | null | undefined;
  };
}

/**
 * Application Load Balancer. With multi-value headers switched on for the target group, the `multiValue` maps stand in for the others.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export interface AlbEvent extends Body {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: SingleValues;
  readonly multiValueHeaders?: MultiValues;
  readonly queryStringParameters?: SingleValues;
  readonly multiValueQueryStringParameters?: MultiValues;
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
}

/**
 * VPC Lattice, event structure version V2.
 *
 * @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 */
export interface LatticeEvent extends Body {
  readonly version?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers?: MultiValues;
  readonly queryStringParameters?: SingleValues | MultiValues;
  readonly requestContext: {
    readonly serviceNetworkArn?: string | undefined;
    readonly serviceArn?: string | undefined;
    readonly targetGroupArn?: string | undefined;
    readonly region?: string | undefined;
    /** Microseconds since the epoch. */
    readonly timeEpoch?: string | undefined;
    readonly identity?: object | null | undefined;
  };
}

/** Every HTTP event that {@link http} takes. */
export type HttpEvent = RestEvent | PayloadV2Event | AlbEvent | LatticeEvent;
