import { app, type EventGridFunctionOptions, type StorageBlobFunctionOptions } from "@azure/functions";
import { type AnyObjectFunction, HandlerError, type ObjectEvent } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { pickSource } from "./messages/source-options.js";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";
import { blob } from "./object/blob.js";
import { eventGrid } from "./object/event-grid.js";
import { checkPath } from "./object/path.js";

type OwnBlob = Omit<StorageBlobFunctionOptions, "handler" | "trigger" | "path"> & {
  /** Azure's pattern of the blobs that start the function, all of the declared container. Default: all of them. */
  readonly path?: string | undefined;
};
type OwnEventGrid = Omit<EventGridFunctionOptions, "handler" | "trigger">;

/** One source, by its name, with Azure's own options; Portico's own stand beside it. */
export type AzureObjectOptions = MessageOptions<ObjectEvent> &
  (
    | { readonly blob: OwnBlob; readonly eventGrid?: undefined }
    | { readonly eventGrid: OwnEventGrid; readonly blob?: undefined }
  );

const names = { ...messageNames, blob: true, eventGrid: true } satisfies OptionNames<AzureObjectOptions>;

/**
 * Registers an object function with Azure Functions: by the Blob trigger, which tells of creations alone and holds each blob in memory, or
 * by a subscription of Event Grid to the storage account, which tells of all. Call it while the app starts. Returns the handler.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an object function, the name is none that Azure takes, the Blob trigger is to tell of
 *   something else than creations or of another container, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
 * @see https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
 * @example
 * azure.object("thumbnail", thumbnail, { eventGrid: {} });
 */
export function object(name: string, fn: AnyObjectFunction, options: AzureObjectOptions): AzureMessageHandler {
  checkNames(options, names);
  if (pickSource(options, ["blob", "eventGrid"]) === "eventGrid") {
    const handler = createMessageHandler(name, "object", fn, eventGrid, options);
    app.eventGrid(name, { ...(options.eventGrid as OwnEventGrid), handler });
    return handler;
  }
  const actions = fn?.trigger?.actions?.filter((action) => action !== "created") ?? [];
  if (actions.length > 0) {
    throw new HandlerError(
      "CONFIG_INVALID",
      `The Blob trigger does not tell when an object is ${actions.join(" or ")}.`,
      {
        hint: "Register the function with { eventGrid: {} }, and subscribe it to the storage account's events.",
      },
    );
  }
  const handler = createMessageHandler(name, "object", fn, blob, options);
  const own = options.blob as OwnBlob;
  const path = own.path ?? `${fn.trigger.bucket}/{name}`;
  checkPath(path, fn.trigger);
  app.storageBlob(name, { ...own, path, handler } as BlobOptions);
  return handler;
}

type BlobOptions = StorageBlobFunctionOptions;
