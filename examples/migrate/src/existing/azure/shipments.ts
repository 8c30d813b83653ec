// A function behind a Service Bus queue. It gets JSON as an object, as Azure's library parses it.
import { app, type InvocationContext } from "@azure/functions";

export async function shipments(message: unknown, context: InvocationContext): Promise<void> {
  const { id, sku } = message as { id: string; sku: string };
  if (sku === "out-of-stock") throw new Error(`${id} is out of stock`);
  context.log("shipped", id, "attempt", context.triggerMetadata?.deliveryCount);
}

app.serviceBusQueue("shipments", { connection: "Bus", queueName: "orders", handler: shipments });
