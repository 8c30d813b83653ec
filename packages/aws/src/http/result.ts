/** What REST APIs and HTTP APIs with payload format 1.0 take. Any other top-level key is a 502 there. */
export interface RestResult {
  statusCode: number;
  headers: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
}

/** What HTTP APIs with payload format 2.0 and function URLs take. */
export interface PayloadV2Result {
  statusCode: number;
  headers: Record<string, string>;
  cookies?: string[];
  body: string;
  isBase64Encoded: boolean;
}

/** What an Application Load Balancer takes: `headers`, or `multiValueHeaders` where the target group has them switched on. */
export interface AlbResult {
  statusCode: number;
  statusDescription: string;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
}

/** What VPC Lattice takes. */
export interface LatticeResult extends AlbResult {
  headers: Record<string, string>;
}

/** What a handler gives back to Lambda, in the shape that the event's source takes. */
export type HttpResult = RestResult | PayloadV2Result | AlbResult | LatticeResult;
