import type { Capabilities } from "@portico/core";
import { capabilities as firestore } from "./change/firestore.js";
import { capabilities as realtimeDatabase } from "./change/realtime-database.js";
import { capabilities as cloudEvents, throughPubSub as eventsInPubSub } from "./event/cloud-events.js";
import { notification, capabilities as storage } from "./object/storage.js";
import { capabilitiesOf } from "./pubsub/cell.js";
import { capabilities as cloudTasks } from "./queue/cloud-tasks.js";
import { capabilities as scheduler, throughPubSub as ticksInPubSub } from "./schedule/scheduler.js";

/** What each source of events can do on Google Cloud: a row per cell of the grid. */
export const capabilities: readonly Capabilities[] = [
  capabilitiesOf("queue"),
  cloudTasks,
  capabilitiesOf("topic"),
  capabilitiesOf("stream"),
  storage,
  notification.capabilities,
  firestore,
  realtimeDatabase,
  scheduler,
  ticksInPubSub.capabilities,
  cloudEvents,
  eventsInPubSub.capabilities,
];
