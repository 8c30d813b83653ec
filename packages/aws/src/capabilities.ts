import type { Capabilities } from "@portico/core";
import { capabilities as documentDb } from "./change/document-db.js";
import { dynamoDb, dynamoDbThroughKinesis } from "./change/dynamo-db.js";
import { structured } from "./event/cloud-event.js";
import { eventBridge } from "./event/event-bridge.js";
import { createLogs } from "./event/logs.js";
import { createRaw } from "./event/raw.js";
import { codeCommit, ses } from "./event/records.js";
import { eventBridge as s3OnBus } from "./object/event-bridge.js";
import { capabilities as s3 } from "./object/notification.js";
import { capabilities as activeMq } from "./queue/active-mq.js";
import { capabilities as rabbitMq } from "./queue/rabbit-mq.js";
import { capabilities as sqs } from "./queue/sqs.js";
import { scheduled } from "./schedule/scheduled.js";
import { capabilities as kafka } from "./stream/kafka.js";
import { capabilities as kinesis } from "./stream/kinesis.js";
import { capabilities as sns } from "./topic/sns.js";

/**
 * What each source on AWS can do. An event that is wrapped in another source's message has the capabilities of its carrier. HTTP and
 * `invoke` have no row: they answer a caller, who sees the failure.
 */
export const capabilities: readonly Capabilities[] = [
  sqs,
  activeMq,
  rabbitMq,
  sns,
  kinesis,
  kafka,
  s3,
  s3OnBus.capabilities,
  dynamoDb.capabilities,
  dynamoDbThroughKinesis.capabilities,
  documentDb,
  scheduled.capabilities,
  eventBridge.capabilities,
  createLogs(0).capabilities,
  ses.capabilities,
  codeCommit.capabilities,
  structured.capabilities,
  createRaw({}, false).capabilities,
];
