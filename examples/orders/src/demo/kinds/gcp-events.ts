import type { Kind, Step } from "./steps.js";
import { due } from "./steps.js";

/** One POST, as Google sends it to a function. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { "content-type": "application/json" };

/** A push, wrapped. */
const pushed = (subscription: string, data: string, attempt: number, more: object = {}): Post => ({
  headers: { ...json, "user-agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)" },
  body: JSON.stringify({
    message: {
      data: Buffer.from(data).toString("base64"),
      messageId: "7639287462",
      message_id: "7639287462",
      publishTime: "2025-03-05T02:00:00.123Z",
      publish_time: "2025-03-05T02:00:00.123Z",
      ...more,
    },
    subscription: `projects/shop/subscriptions/${subscription}`,
    deliveryAttempt: attempt,
  }),
});

/** A CloudEvent in binary mode, as Eventarc delivers it. */
const event = (type: string, source: string, subject: string | undefined, data: unknown, more: object = {}): Post => ({
  headers: {
    ...json,
    "ce-specversion": "1.0",
    "ce-id": "1096434104173400",
    "ce-source": source,
    "ce-type": type,
    "ce-time": "2025-03-05T02:00:00.123Z",
    ...(subject !== undefined && { "ce-subject": subject }),
    ...more,
  },
  body: JSON.stringify(data),
});

const database = "projects/shop/databases/(default)";

/** Requests to functions: Pub/Sub by push and through Eventarc, Cloud Storage, Firestore, Cloud Scheduler, a CloudEvent, a call. */
export const gcpEvents: Readonly<Record<Kind, (step: Step) => Post>> = {
  queue: ({ data, attempt }) => pushed("orders", JSON.stringify(data), attempt),
  topic: ({ data }) =>
    event(
      "google.cloud.pubsub.topic.v1.messagePublished",
      "//pubsub.googleapis.com/projects/shop/topics/order-placed",
      undefined,
      {
        subscription: "projects/shop/subscriptions/eventarc-welcome",
        message: {
          data: Buffer.from(JSON.stringify(data)).toString("base64"),
          messageId: "1096434104173400",
          publishTime: "2025-03-05T02:00:00.123Z",
        },
      },
    ),
  stream: ({ data }) => pushed("clicks", String(data.page), 1, { orderingKey: data.visitor }),
  object: ({ data }) =>
    event(
      "google.cloud.storage.object.v1.finalized",
      `//storage.googleapis.com/projects/_/buckets/${data.bucket}`,
      `objects/${encodeURI(String(data.key))}`,
      {
        kind: "storage#object",
        bucket: data.bucket,
        name: data.key,
        size: String(data.size),
        generation: "1587627537231057",
        metageneration: "1",
        contentType: "application/pdf",
        etag: "CNGsztqA/+gCEAE=",
      },
      { "ce-bucket": data.bucket },
    ),
  change: ({ data }) =>
    event(
      "google.cloud.firestore.document.v1.created",
      `//firestore.googleapis.com/${database}`,
      `documents/orders/${data.id}`,
      {
        value: {
          name: `${database}/documents/orders/${data.id}`,
          fields: { total: { doubleValue: data.total } },
          createTime: "2025-03-05T02:00:00.123456Z",
          updateTime: "2025-03-05T02:00:00.123456Z",
        },
      },
      { "ce-document": `orders/${data.id}`, "ce-database": "(default)", "ce-project": "shop" },
    ),
  schedule: () => ({
    headers: {
      "content-type": "application/octet-stream",
      "user-agent": "Google-Cloud-Scheduler",
      "x-cloudscheduler": "true",
      "x-cloudscheduler-jobname": "nightly",
      "x-cloudscheduler-scheduletime": due,
    },
    body: "",
  }),
  event: ({ data }) => event("com.example.payment.settled", "/shop/payments", undefined, data),
  invoke: ({ data }) => ({ headers: json, body: JSON.stringify(data) }),
};
