import type { PayloadV2Event } from "../../http/event.js";
import { defaultAccount, defaultRegion } from "../origin.js";
import { payloadV2Caller } from "./identity.js";
import type { EncodeHttpOptions } from "./options.js";
import {
  joinedHeaders,
  listedQuery,
  pathParameters,
  pickEach,
  type RequestParts,
  toLogTime,
  toResource,
} from "./request.js";

/** An HTTP API's event with payload format 2.0, or a function URL's. */
export function encodePayloadV2(parts: RequestParts, options: EncodeHttpOptions): PayloadV2Event {
  const { format, stage = "$default", basePath, template, routeMethod = parts.method } = options;
  const functionUrl = format === "url";
  const stageName = functionUrl ? "$default" : stage;
  const rawPath = (stageName === "$default" || basePath ? "" : `/${stageName}`) + parts.path;
  const routeKey = functionUrl || template === undefined ? "$default" : `${routeMethod} ${toResource(template)}`;
  const cookies =
    parts.headers
      .get("cookie")
      ?.flatMap((line) => line.split(/; */))
      .filter(Boolean) ?? [];
  const fields = new Map([...parts.headers].filter(([name]) => name !== "cookie"));
  const query = pickEach(listedQuery(parts.query), (values) => values.join(","));
  const parameters = routeKey === "$default" ? null : pathParameters(parts, template);
  const domainName = functionUrl ? `portico.lambda-url.${options.region ?? defaultRegion}.on.aws` : parts.host;
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: parts.queryString,
    ...(cookies.length > 0 && { cookies }),
    headers: joinedHeaders(fields, (lines) => lines.join(",")),
    ...(query && { queryStringParameters: query }),
    ...(parameters && { pathParameters: parameters }),
    requestContext: {
      accountId: functionUrl ? "anonymous" : (options.accountId ?? defaultAccount),
      apiId: "portico",
      ...payloadV2Caller(parts, functionUrl),
      domainName,
      domainPrefix: domainName.split(".")[0] as string,
      http: {
        method: parts.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: parts.clientIp,
        userAgent: parts.userAgent ?? "",
      },
      requestId: parts.id,
      routeKey,
      stage: stageName,
      time: toLogTime(parts.time),
      timeEpoch: parts.time.getTime(),
    },
    ...(parts.body !== undefined && { body: parts.body }),
    isBase64Encoded: parts.isBase64Encoded,
  };
}
