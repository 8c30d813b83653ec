import { app, type EventHubFunctionOptions, type RetryOptions, trigger } from "@azure/functions";
import type { AnyStreamFunction, StreamRecord } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { requireRetry } from "./messages/retry-policy.js";
import { type GenericOptions, type OwnOptions, pickSource } from "./messages/source-options.js";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";
import { eventHubs } from "./stream/event-hubs.js";
import { kafka } from "./stream/kafka.js";

type OwnEventHub = OwnOptions<Omit<EventHubFunctionOptions, "cardinality" | "retry">, "eventHubName"> & {
  /** Without it the checkpoint moves past what failed. */
  readonly retry: RetryOptions;
};
type OwnKafka = GenericOptions & {
  /** Without it the offset moves past what failed. */
  readonly retry: RetryOptions;
};

/** One source, by its name, with Azure's own options; Portico's own stand beside it. The sink is demanded. */
export type AzureStreamOptions = MessageOptions<StreamRecord> &
  (
    | { readonly eventHub: OwnEventHub; readonly kafka?: undefined }
    | { readonly kafka: OwnKafka; readonly eventHub?: undefined }
  );

const names = { ...messageNames, eventHub: true, kafka: true } satisfies OptionNames<AzureStreamOptions>;

/**
 * Registers a stream function with Azure Functions: for the event hub that it is declared for, always in batches, or for a Kafka topic.
 * Call it while the app starts. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a stream function, the name is none that Azure takes, there is no retry policy or no
 *   sink, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-kafka-trigger
 * @example
 * const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 } as const;
 * azure.stream("count", count, { eventHub: { connection: "Clicks", retry }, sink });
 */
export function stream(name: string, fn: AnyStreamFunction, options: AzureStreamOptions): AzureMessageHandler {
  checkNames(options, names);
  const declared = fn?.trigger?.stream;
  if (pickSource(options, ["eventHub", "kafka"]) === "eventHub") {
    // One by one, the host runs the events of a partition beside each other.
    const own = {
      eventHubName: declared,
      dataType: "binary",
      ...(options.eventHub as OwnEventHub),
      cardinality: "many" as const,
    };
    const policy = requireRetry("Event Hubs", own.retry);
    const handler = createMessageHandler(name, "stream", fn, eventHubs(own.eventHubName), options, policy);
    app.eventHub(name, { ...own, handler });
    return handler;
  }
  const { retry, return: output, extraInputs, extraOutputs, ...own } = options.kafka as OwnKafka & { topic?: string };
  const given = { topic: declared, dataType: "binary", ...own };
  const policy = requireRetry("Kafka", retry);
  const handler = createMessageHandler(name, "stream", fn, kafka(given.topic), options, policy);
  const outputs = { return: output, extraInputs, extraOutputs } as object;
  app.generic(name, {
    trigger: trigger.generic({ ...given, type: "kafkaTrigger" }),
    ...outputs,
    retry: policy,
    handler,
  });
  return handler;
}
