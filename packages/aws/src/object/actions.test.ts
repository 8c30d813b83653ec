import { expect, test } from "vitest";
import { fromDetailType, fromEventName } from "./actions.js";

const names: [name: string, action: string, permanent?: boolean | undefined, to?: string][] = [
  ["ObjectCreated:Put", "created"],
  ["ObjectCreated:Post", "created"],
  ["ObjectCreated:Copy", "created"],
  ["ObjectCreated:CompleteMultipartUpload", "created"],
  ["s3:ObjectCreated:Put", "created"],
  ["ObjectRemoved:Delete", "deleted", true],
  ["ObjectRemoved:DeleteMarkerCreated", "deleted", false],
  ["LifecycleExpiration:Delete", "deleted", true],
  ["LifecycleExpiration:DeleteMarkerCreated", "deleted", false],
  ["ReducedRedundancyLostObject", "deleted", true],
  ["ObjectRestore:Post", "updated"],
  ["ObjectRestore:Completed", "restored"],
  ["ObjectRestore:Delete", "archived"],
  ["LifecycleTransition", "archived", undefined, "GLACIER"],
  ["LifecycleTransition", "archived", undefined, "DEEP_ARCHIVE"],
  ["LifecycleTransition", "updated", undefined, "GLACIER_IR"],
  ["LifecycleTransition", "updated", undefined, "STANDARD_IA"],
  ["LifecycleTransition", "updated"],
  ["IntelligentTiering", "archived"],
  ["ObjectTagging:Put", "updated"],
  ["ObjectTagging:Delete", "updated"],
  ["ObjectAcl:Put", "updated"],
  ["Replication:OperationFailedReplication", "updated"],
  ["SomethingNew:Entirely", "updated"],
];

test.each(names)("the notification %s means %s (permanent: %s, to: %s)", (name, action, permanent, to) => {
  expect(fromEventName(name, to)).toEqual({ action, permanent });
});

const types: [
  type: string,
  action: string,
  permanent?: boolean | undefined,
  deletion?: string | undefined,
  to?: string,
][] = [
  ["Object Created", "created"],
  ["Object Deleted", "deleted", true, "Permanently Deleted"],
  ["Object Deleted", "deleted", false, "Delete Marker Created"],
  ["Object Restore Initiated", "updated"],
  ["Object Restore Completed", "restored"],
  ["Object Restore Expired", "archived"],
  ["Object Storage Class Changed", "archived", undefined, undefined, "GLACIER"],
  ["Object Storage Class Changed", "updated", undefined, undefined, "STANDARD_IA"],
  ["Object Access Tier Changed", "archived"],
  ["Object ACL Updated", "updated"],
  ["Object Tags Added", "updated"],
  ["Object Tags Deleted", "updated"],
];

test.each(types)("the event %s means %s (permanent: %s, %s, to: %s)", (type, action, permanent, deletion, to) => {
  expect(fromDetailType(type, deletion, to)).toEqual({ action, permanent });
});
