// Google Cloud functions behind the other triggers.
import type { CloudEvent, Request, Response } from "@google-cloud/functions-framework";

interface Published {
  readonly message: { readonly data?: string; readonly messageId: string };
}

const textOf = (event: CloudEvent<Published>) => Buffer.from(event.data?.message.data ?? "", "base64").toString();

export async function fulfilment(event: CloudEvent<Published>): Promise<void> {
  const { id, sku } = JSON.parse(textOf(event));
  if (sku === "out-of-stock") throw new Error(`${id} is out of stock`);
  console.log("fulfilled", id, event.data?.message.messageId);
}

export async function welcome(event: CloudEvent<Published>): Promise<void> {
  console.log("welcome", JSON.parse(textOf(event)).id);
}

export async function clicks(event: CloudEvent<Published>): Promise<void> {
  console.log("click", textOf(event));
}

/** A background function of the first generation, for a collection of Firestore. */
export function changed(data: FirestoreChange, context: { resource: string }, callback: (error?: Error) => void): void {
  console.log("changed", context.resource.split("/").at(-1), JSON.stringify(data.value.fields.total));
  callback();
}

interface FirestoreChange {
  readonly value: { readonly fields: Readonly<Record<string, object>> };
}

export function nightly(req: Request, res: Response): void {
  console.log("report for", req.get("x-cloudscheduler-scheduletime")?.slice(0, 10));
  res.sendStatus(204);
}

export async function paid(event: CloudEvent<{ order: string }>): Promise<void> {
  console.log("paid", event.data?.order);
}

export function quote(req: Request, res: Response): void {
  const { sku, quantity } = req.body;
  res.json({ sku, total: quantity * 10 });
}

export function customers(req: Request, res: Response): void {
  console.log("request", req.method, req.path);
  if (req.method === "POST") {
    res.append("set-cookie", "seen=1; Path=/").append("set-cookie", `last=${req.body.id}; Path=/; HttpOnly`);
    res.status(201).json(req.body);
    return;
  }
  if (!req.path.endsWith("/c-1")) {
    res.status(404).send("Not Found");
    return;
  }
  res.json({ id: "c-1", verbose: req.query.verbose ?? null });
}
