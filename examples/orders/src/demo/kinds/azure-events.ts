import type { RpcData, TriggerInit } from "@portico/testing/hosts";
import type { Kind, Step } from "./steps.js";
import { due } from "./steps.js";

const text = (string: string): RpcData => ({ string });
const json = (value: unknown): RpcData => ({ json: JSON.stringify(value) });
const bytes = (value: string): RpcData => ({ bytes: Buffer.from(value) });
const long = (low: number) => ({ low, high: 0, unsigned: false });

const inServiceBus = ({ data, attempt }: Step): TriggerInit => ({
  input: bytes(JSON.stringify(data)),
  triggerMetadata: {
    MessageId: text(`m-${data.id}`),
    DeliveryCount: json(attempt),
    SequenceNumber: json(41),
    LockToken: text("d2b5d4a3-52f5-4a3c-8e5b-5f0a6f7a5a55"),
    EnqueuedTimeUtc: json("2025-03-05T02:00:00Z"),
    ContentType: text("application/json"),
    ApplicationProperties: json({}),
  },
});

/** In Event Grid's own schema. */
const inEventGrid = (eventType: string, subject: string, data: unknown): TriggerInit => ({
  input: json({
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    topic: "/subscriptions/s/resourceGroups/shop/providers/Microsoft.Storage/storageAccounts/shop",
    subject,
    eventType,
    eventTime: "2025-03-05T02:00:00.1234567Z",
    data,
    dataVersion: "",
    metadataVersion: "1",
  }),
  triggerMetadata: { data: json(data) },
});

/** What starts the functions of an app: Service Bus, Event Hubs, Event Grid, Cosmos DB, the timer. */
export const azureEvents: Readonly<Record<Exclude<Kind, "invoke">, (step: Step) => TriggerInit>> = {
  queue: inServiceBus,
  topic: inServiceBus,
  stream: ({ data }) => ({
    input: { collectionBytes: { bytes: [Buffer.from(String(data.page))] } },
    triggerMetadata: {
      PartitionContext: json({ PartitionId: "3", EventHubName: "clicks", ConsumerGroup: "$Default" }),
      SequenceNumberArray: { collectionSint64: { sint64: [long(900)] } },
      SystemPropertiesArray: json([
        {
          SequenceNumber: 900,
          Offset: "4294967296",
          PartitionKey: data.visitor,
          EnqueuedTimeUtc: "2025-03-05T02:00:00Z",
        },
      ]),
      PropertiesArray: json([{}]),
    },
  }),
  object: ({ data }) =>
    inEventGrid("Microsoft.Storage.BlobCreated", `/blobServices/default/containers/${data.bucket}/blobs/${data.key}`, {
      api: "PutBlob",
      requestId: "831e1650-001e-001b-66ab-eeb76e000000",
      eTag: "0x8D4BCC2E4835CD0",
      contentType: "application/pdf",
      contentLength: data.size,
      blobType: "BlockBlob",
      url: `https://shop.blob.core.windows.net/${data.bucket}/${encodeURI(String(data.key))}`,
      sequencer: "00000000000000000000000000000000000000000000000000",
    }),
  change: ({ data }) => ({
    input: json([{ ...data, _rid: "HlNJAJ1QEzUBAAAAAAAAAA==", _etag: '"0000-0d00"', _ts: 1741140000, _lsn: 41 }]),
  }),
  schedule: () => ({
    input: json({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: "2025-03-04T03:00:00+01:00", Next: due.replace(".000Z", ".0000000+00:00") },
      IsPastDue: false,
    }),
  }),
  event: ({ data }) => ({
    input: json({
      specversion: "1.0",
      id: "9aeb0fdf-c01e-0131-0922-9eb54906e209",
      source: "/shop/payments",
      type: "com.example.payment.settled",
      time: "2025-03-05T02:00:00Z",
      datacontenttype: "application/json",
      data,
    }),
    triggerMetadata: { data: json(data) },
  }),
};
