// Functions of Azure's v4 model behind the other triggers. They are exported beside their registrations, which stand elsewhere.
import type { EventGridEvent, HttpRequest, HttpResponseInit, InvocationContext, Timer } from "@azure/functions";

export async function welcome(message: unknown, context: InvocationContext): Promise<void> {
  context.log("welcome", (message as { id: string }).id);
}

/** Event Hubs, with cardinality `many`. */
export async function clicks(messages: unknown[], context: InvocationContext): Promise<void> {
  for (const message of messages) context.log("click", message);
}

export async function stored(event: EventGridEvent, context: InvocationContext): Promise<void> {
  const [, container, name] = /containers\/([^/]+)\/blobs\/(.+)$/.exec(event.subject) ?? [];
  context.log("stored", container, name, event.data?.contentLength);
}

export async function changed(documents: unknown[], context: InvocationContext): Promise<void> {
  for (const document of documents as { id: string; total: number }[]) {
    context.log("changed", document.id, document.total);
  }
}

export async function nightly(timer: Timer, context: InvocationContext): Promise<void> {
  context.log("report for", timer.scheduleStatus?.next.slice(0, 10));
}

export async function paid(event: EventGridEvent, context: InvocationContext): Promise<void> {
  context.log("paid", event.data?.order);
}

export async function quote(request: HttpRequest): Promise<HttpResponseInit> {
  const { sku, quantity } = (await request.json()) as { sku: string; quantity: number };
  return { jsonBody: { sku, total: quantity * 10 } };
}
