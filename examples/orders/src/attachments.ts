import { HandlerError, http, reply } from "@portico/core";
import { findAttachment, findOrder, saveAttachment } from "./store.js";

const path = "/tenants/:tenant/orders/:id/attachment";

export const uploadAttachment = http.put(path).handle(async (request) => {
  checkOrder(request.params);
  const bytes = await request.bytes();
  const contentType = request.headers.get("content-type") ?? "application/octet-stream";
  saveAttachment(request.params.id, { contentType, bytes });
  return reply.json({ contentType, size: bytes.byteLength });
});

/** The same from a browser's form: the field `file` is the attachment. */
export const uploadForm = http.post("/tenants/:tenant/orders/:id/attachments").handle(async (request) => {
  checkOrder(request.params);
  const form = await request.formData();
  const file = form.get("file");
  if (file === null || typeof file === "string") throw new HandlerError("BAD_REQUEST", "The form has no file.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  saveAttachment(request.params.id, { contentType: file.type, bytes });
  return reply.json({ name: file.name, contentType: file.type, size: bytes.byteLength, note: form.get("note") });
});

export const downloadAttachment = http.get(path).handle(({ params }) => {
  checkOrder(params);
  const attachment = findAttachment(params.id);
  if (!attachment) throw new HandlerError("NOT_FOUND", "This order has no attachment.");
  const headers = {
    "content-type": attachment.contentType,
    // What users upload must never run as a page of this site.
    "content-disposition": "attachment",
    "x-content-type-options": "nosniff",
  };
  return reply.bytes(attachment.bytes, { headers });
});

function checkOrder({ tenant, id }: { readonly tenant: string; readonly id: string }): void {
  if (!findOrder(tenant, id)) throw new HandlerError("NOT_FOUND", "There is no such order.");
}
