import {
  type EventGridFunctionOptions,
  type StorageBlobFunctionOptions,
  type StorageBlobTriggerOptions,
  trigger,
} from "@azure/functions";
import {
  type Context,
  drop,
  HandlerError,
  type ObjectEvent,
  type ObjectFilter,
  type ObjectFunction,
  object as objectKind,
} from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import { pickSource } from "../messages/source-options.js";
import { checkPath } from "../object/path.js";
import { type AzureDelivery, encodeAll } from "./delivery.js";
import { type GridWrapOptions, gridCarrier } from "./event-grid/carrier.js";
import { toStorageCloudEvent, toStorageGridEvent } from "./event-grid/storage.js";
import { blob } from "./object/blob.js";
import { compilePattern } from "./object/pattern.js";
import {
  type NativeHandler,
  type Registered,
  takeBindings,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";
import { type Source, wrapBatches, wrapEach } from "./wrapped.js";

interface Common extends WrapOptions, GridWrapOptions, ObjectFilter {
  /** The bucket that the portable function is declared for, and the container of the Blob trigger's path. */
  readonly bucket: string;
  /** The storage account that the handler sees. Default: `portico`. */
  readonly account?: string | undefined;
  /**
   * With the Blob trigger: gives what is in the object, which the trigger's handler gets and no portable event has. `context` is undefined
   * where `encodeObject` is called by itself.
   */
  readonly content?: ((event: ObjectEvent, context: Context | undefined) => Promise<Uint8Array>) | undefined;
}

/** One source, by its name, with the options that the handler is registered with at home. */
export type WrapObjectOptions = Common &
  (
    | { readonly blob: Registered<StorageBlobFunctionOptions>; readonly eventGrid?: undefined }
    | { readonly eventGrid: Registered<EventGridFunctionOptions>; readonly blob?: undefined }
  );

/**
 * The invocations by which Azure Functions would tell of objects, one for each.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot tell it.
 */
export function encodeObject(
  events: readonly ObjectEvent[],
  options: WrapObjectOptions,
): Promise<readonly AzureDelivery<ObjectEvent>[]> {
  return encodeAll(toSource(options).carrier, events);
}

const names = {
  ...wrapNames,
  bucket: true,
  account: true,
  content: true,
  schema: true,
  prefix: true,
  suffix: true,
  actions: true,
  blob: true,
  eventGrid: true,
} satisfies OptionNames<WrapObjectOptions>;

/**
 * Makes a portable function of an existing handler of the Blob trigger, or of Event Grid's storage events. It gets each event in an invocation of
 * its own. A return is ack, a throw is retry. With the Blob trigger, what it would not be started for (deletions, names outside its path)
 * is dropped, as it never comes at home.
 *
 * @throws {HandlerError} CONFIG_INVALID when the source, the handler or the Blob trigger's `content` is missing, its path is of another
 *   container, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
 * @example
 * export const thumbnail = functions.object(handler, { bucket: "images", blob: {}, content: ({ key }) => images.read(key) });
 */
export const object: {
  (handler: NativeHandler, options: WrapObjectOptions): ObjectFunction;
  batch(handler: NativeHandler, options: WrapObjectOptions): ObjectFunction;
} = /* @__PURE__ */ Object.assign(
  (handler: NativeHandler, options: WrapObjectOptions) => {
    checkNames(options ?? undefined, names);
    const source = toSource(options);
    if (options.blob === undefined) return wrapEach(objectKind(options.bucket, options), handler, source, options);
    if (options.content === undefined) throw noContent();
    const matches = compilePattern(pathOf(options));
    const declared = objectKind(options.bucket, { ...options, actions: ["created"] });
    const outside = drop("the Blob trigger's path does not match it");
    const pipeline = declared.use((event, _context, next) =>
      matches(`${event.bucket}/${event.key}`) ? next() : Promise.resolve(outside),
    );
    return wrapEach(pipeline, handler, source, options);
  },
  {
    batch: (handler: NativeHandler, options: WrapObjectOptions) => {
      checkNames(options ?? undefined, names);
      const source = toSource(options);
      return wrapBatches(objectKind(options.bucket, options), handler, source, options);
    },
  },
);

function pathOf({ bucket, blob: own }: WrapObjectOptions): string {
  return own?.path ?? `${bucket}/{name}`;
}

function toSource(options: WrapObjectOptions): Source<ObjectEvent> {
  requireOption("object", options, "bucket", '"images"');
  const { account = "portico", schema, content } = options;
  if (pickSource(options, ["blob", "eventGrid"]) === "blob") {
    const path = pathOf(options);
    checkPath(path, options);
    const { trigger: registration, bindings } = takeBindings({ connection: "Portico", ...options.blob, path });
    const shown = toShownTrigger(trigger.storageBlob(registration as StorageBlobTriggerOptions));
    return { carrier: blob(shown, { account, content, pattern: compilePattern(path) }), bindings };
  }
  const { trigger: registration, bindings } = takeBindings(options.eventGrid as object);
  const shown = toShownTrigger(trigger.eventGrid(registration));
  const toDocument = schema === "CloudEventSchemaV1_0" ? toStorageCloudEvent : toStorageGridEvent;
  return { carrier: gridCarrier(shown, async (event) => toDocument(event, account)), bindings };
}

function noContent(): HandlerError {
  return new HandlerError(
    "CONFIG_INVALID",
    "A handler of the Blob trigger gets the blob's content, which no event has.",
    {
      hint: "Pass `content: (event, context) => Promise<Uint8Array>`, which reads it where the object is.",
    },
  );
}
