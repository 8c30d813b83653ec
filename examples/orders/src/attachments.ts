import { bucket, HandlerError, http, reply } from "@portico/core";
import { resources } from "@portico/services";
import { findOrder } from "./store.js";

/** Where attachments are: a folder here, a bucket there, as `PORTICO_UPLOADS` says. */
export const uploads = bucket("uploads", { access: ["read", "write"] });

const path = "/tenants/:tenant/orders/:id/attachment";
const attached = http.use(resources({ uploads }));

export const uploadAttachment = attached.put(path).handle(async (request, { uploads }) => {
  const key = keyOf(request.params);
  const bytes = await request.bytes();
  const contentType = request.headers.get("content-type") ?? "application/octet-stream";
  await uploads.put(key, bytes, { contentType });
  return reply.json({ contentType, size: bytes.byteLength });
});

/** The same from a browser's form: the field `file` is the attachment. */
export const uploadForm = attached
  .post("/tenants/:tenant/orders/:id/attachments")
  .handle(async (request, { uploads }) => {
    const key = keyOf(request.params);
    const form = await request.formData();
    const file = form.get("file");
    if (file === null || typeof file === "string") throw new HandlerError("BAD_REQUEST", "The form has no file.");
    await uploads.put(key, file.stream(), { contentType: file.type });
    return reply.json({ name: file.name, contentType: file.type, size: file.size, note: form.get("note") });
  });

export const downloadAttachment = attached.get(path).handle(async ({ params }, { uploads }) => {
  const attachment = await uploads.get(keyOf(params));
  const headers = {
    "content-type": attachment.contentType,
    // What users upload must never run as a page of this site.
    "content-disposition": "attachment",
    "x-content-type-options": "nosniff",
  };
  return reply.bytes(await attachment.bytes(), { headers });
});

function keyOf({ tenant, id }: { readonly tenant: string; readonly id: string }): string {
  if (!findOrder(tenant, id)) throw new HandlerError("NOT_FOUND", "There is no such order.");
  return `${tenant}/${id}/attachment`;
}
