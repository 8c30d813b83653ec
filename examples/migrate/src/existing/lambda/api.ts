// A Lambda function behind a REST API, as it stands in many a company. Nothing in it was changed.
import type { APIGatewayProxyHandler } from "aws-lambda";

const orders = new Map<string, object>([["o-1", { id: "o-1", sku: "mug" }]]);

export const handler: APIGatewayProxyHandler = async (event, context) => {
  console.log("request", context.awsRequestId, event.httpMethod, event.path);
  if (event.httpMethod === "POST") {
    const body = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : (event.body ?? "");
    const order = { id: `o-${orders.size + 1}`, ...JSON.parse(body) };
    orders.set(order.id, order);
    return {
      statusCode: 201,
      headers: { "Content-Type": "application/json", Location: `${event.path}/${order.id}` },
      multiValueHeaders: { "Set-Cookie": ["seen=1; Path=/", `last=${order.id}; Path=/; HttpOnly`] },
      body: JSON.stringify(order),
    };
  }
  const order = orders.get(event.pathParameters?.proxy?.split("/").at(-1) ?? "");
  if (!order) return { statusCode: 404, body: JSON.stringify({ message: "Not Found" }) };
  return { statusCode: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(order) };
};
