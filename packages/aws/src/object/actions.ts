import type { ObjectAction } from "@portico/core";

/** What became of an object. */
export interface Happened {
  readonly action: ObjectAction;
  /** With `deleted`: false when a delete marker hides the versions, which stay. */
  readonly permanent: boolean | undefined;
}

/** Storage classes that must be restored before they can be read. */
const cold: ReadonlySet<unknown> = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/**
 * By the name of a notification, with or without `s3:` before it. What only says something about the object, and what is new, is an update.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
export function fromEventName(name: string, transitionTo: unknown): Happened {
  const [type, detail] = name.replace(/^s3:/, "").split(":");
  switch (type) {
    case "ObjectCreated":
      return happened("created");
    case "ObjectRemoved":
    case "LifecycleExpiration":
      return happened("deleted", detail !== "DeleteMarkerCreated");
    case "ReducedRedundancyLostObject":
      return happened("deleted", true);
    case "ObjectRestore":
      return happened(detail === "Completed" ? "restored" : detail === "Delete" ? "archived" : "updated");
    case "LifecycleTransition":
      return happened(cold.has(transitionTo) ? "archived" : "updated");
    case "IntelligentTiering":
      // Sent for the archive tiers alone.
      return happened("archived");
    default:
      return happened("updated");
  }
}

/**
 * By the detail type of an event on the bus.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function fromDetailType(type: string, deletion: unknown, transitionTo: unknown): Happened {
  switch (type) {
    case "Object Created":
      return happened("created");
    case "Object Deleted":
      return happened("deleted", deletion !== "Delete Marker Created");
    case "Object Restore Completed":
      return happened("restored");
    case "Object Restore Expired":
    case "Object Access Tier Changed":
      return happened("archived");
    case "Object Storage Class Changed":
      return happened(cold.has(transitionTo) ? "archived" : "updated");
    default:
      return happened("updated");
  }
}

function happened(action: ObjectAction, permanent?: boolean): Happened {
  return { action, permanent };
}
