// A Lambda function as its author writes it, with middy and its HTTP middlewares: it knows no other cloud.
import middy from "@middy/core";
import httpCors from "@middy/http-cors";
import httpErrorHandler from "@middy/http-error-handler";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import httpResponseSerializer from "@middy/http-response-serializer";
import type { APIGatewayProxyEvent } from "aws-lambda";

interface Order {
  readonly sku?: string;
}

async function createOrder(event: Omit<APIGatewayProxyEvent, "body"> & { readonly body: Order | null }) {
  const { sku } = event.body ?? {};
  if (sku === "bug") throw new TypeError("a secret reason");
  if (sku === undefined) throw Object.assign(new Error("There is no sku."), { statusCode: 422, expose: true });
  return { statusCode: 201, body: { sku, agent: event.headers["user-agent"] } as unknown as string };
}

export const handler = middy()
  .use(httpHeaderNormalizer())
  .use(httpJsonBodyParser())
  .use(httpCors({ origin: "https://shop.example" }))
  .use(
    httpResponseSerializer({
      serializers: [{ regex: /^application\/json$/, serializer: ({ body }) => JSON.stringify(body) }],
      defaultContentType: "application/json",
    }),
  )
  .use(httpErrorHandler({ logger: false, fallbackMessage: "Sorry." }))
  .handler(createOrder as never);
