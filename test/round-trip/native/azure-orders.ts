// As a team on Azure wrote it: nothing in it knows of Portico.
import {
  app,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
  output,
  type ServiceBusQueueHandler,
} from "@azure/functions";

export const receipts = output.storageQueue({ queueName: "receipts", connection: "AzureWebJobsStorage" });

export async function getOrder(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  context.log(`Http function processed request for url "${request.url}"`);
  const { id } = request.params;
  if (id === "missing") return { status: 404, body: "not found" };
  if (id === "broken") throw new Error("the database is down");
  return {
    jsonBody: { id, note: request.query.get("note") },
    cookies: [{ name: "seen", value: String(id), maxAge: 60 }],
  };
}

app.http("getOrder", { methods: ["GET"], authLevel: "anonymous", route: "orders/{id}", handler: getOrder });

interface Order {
  readonly sku: string;
}

export const fulfil: ServiceBusQueueHandler<Order> = async (order, context) => {
  if (order.sku === "broken") throw new Error(`cannot fulfil ${String(context.triggerMetadata?.messageId)}`);
  context.extraOutputs.set(receipts, { fulfilled: order.sku, delivery: context.triggerMetadata?.deliveryCount });
};

app.serviceBusQueue("fulfil", { connection: "Orders", queueName: "orders", extraOutputs: [receipts], handler: fulfil });
