import type { RestEvent } from "../../http/event.js";
import { defaultAccount } from "../origin.js";
import { restCaller } from "./identity.js";
import type { EncodeHttpOptions } from "./options.js";
import {
  joinedHeaders,
  last,
  listedHeaders,
  listedQuery,
  pathParameters,
  pickEach,
  type RequestParts,
  toLogTime,
  toResource,
} from "./request.js";

/** A REST API's event, or an HTTP API's with payload format 1.0. */
export function encodeRest(parts: RequestParts, options: EncodeHttpOptions): RestEvent {
  const { format, stage, basePath, template, accountId = defaultAccount } = options;
  const version1 = format === "http-1.0";
  const stageName = stage ?? (version1 ? "$default" : "prod");
  const prefix = stageName === "$default" || basePath ? "" : `/${stageName}`;
  const resource = toResource(template);
  const query = listedQuery(parts.query) ?? null;
  const caller = restCaller(parts, version1);
  const headers = parts.spelledHeaders();
  return {
    ...(version1 && { version: "1.0" }),
    resource,
    // A REST API leaves the stage out of it, and an HTTP API does not.
    path: (version1 ? prefix : "") + parts.path,
    httpMethod: parts.method,
    headers: joinedHeaders(headers, last),
    multiValueHeaders: listedHeaders(headers),
    queryStringParameters: pickEach(query ?? undefined, last) ?? null,
    multiValueQueryStringParameters: query,
    pathParameters: pathParameters(parts, template),
    stageVariables: null,
    requestContext: {
      accountId,
      apiId: "portico",
      domainName: parts.host,
      domainPrefix: parts.host.split(".")[0] as string,
      extendedRequestId: parts.id,
      httpMethod: parts.method,
      path: prefix + parts.path,
      protocol: "HTTP/1.1",
      requestId: parts.id,
      requestTime: toLogTime(parts.time),
      requestTimeEpoch: parts.time.getTime(),
      resourceId: "portico",
      resourcePath: resource,
      stage: stageName,
      // An HTTP API says that there is no authorizer; a REST API leaves it out.
      ...(caller.authorizer
        ? { authorizer: caller.authorizer }
        : version1 && { authorizer: { claims: null, scopes: null } }),
      identity: { ...nobody, ...caller.identity, sourceIp: parts.clientIp, userAgent: parts.userAgent },
    },
    body: parts.body ?? null,
    isBase64Encoded: parts.isBase64Encoded,
  };
}

const nobody = {
  accessKey: null,
  accountId: null,
  caller: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};
