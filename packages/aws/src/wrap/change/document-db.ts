import type { ChangeEvent } from "@portico/core";
import { actionOfChange, keyOfChange, unencodable } from "@portico/core/adapter";
import type { Encoder } from "../messages.js";
import { makeArn } from "../origin.js";
import { requireText, requireTime } from "../text.js";
import type { ChangeSettings } from "./dynamo-db.js";
import { fromDocument } from "./extended-json.js";

/** What a change stream of DocumentDB delivers. @see https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html */
export interface DocumentDbEvent {
  eventSourceArn: string;
  eventSource: "aws:docdb";
  events: { event: DocumentDbChange }[];
}

/** A change. Values are extended JSON. */
export interface DocumentDbChange {
  _id: { _data: string };
  /** Seconds. */
  clusterTime: { $timestamp: { t: number; i: number } };
  documentKey: Record<string, unknown>;
  fullDocument?: Record<string, unknown>;
  fullDocumentBeforeChange?: Record<string, unknown>;
  ns: { db: string; coll: string };
  operationType: "insert" | "update" | "delete";
}

const carrier = "A change of DocumentDB";

interface ClusterChange {
  readonly cluster: string;
  readonly event: DocumentDbChange;
}

export function documentDbEncoder(database: string, settings: ChangeSettings): Encoder<ChangeEvent, ClusterChange> {
  const toPlace = ({ source, table }: ChangeEvent): { cluster: string; db: string } => {
    const [, cluster, db] = /^(arn:[^:]*:rds:[^/]*)\/([^/]*)\//s.exec(source) ?? [];
    if (cluster !== undefined && db !== undefined && source === `${cluster}/${db}/${table}`) return { cluster, db };
    return { cluster: makeArn("rds", "cluster:portico", settings), db: database };
  };
  return {
    encode: (change, index) => {
      const { before, after, table } = change;
      const { cluster, db } = toPlace(change);
      if (table === "" || table.includes("\0")) throw unencodable(carrier, "table", "it is no name of a collection");
      const time = requireTime(carrier, change.time, { from: 0, to: 4_294_967_295_999 });
      const event: DocumentDbChange = {
        _id: { _data: requireText(carrier, "id", change.id) },
        clusterTime: { $timestamp: { t: Math.floor(time / 1000), i: index + 1 } },
        documentKey: fromDocument(keyOfChange(carrier, change, settings), "key"),
        ...(after && { fullDocument: fromDocument(after, "after") }),
        ...(before && { fullDocumentBeforeChange: fromDocument(before, "before") }),
        ns: { db, coll: table },
        operationType: actionOfChange(carrier, change, settings),
      };
      return { cluster, event };
    },
    lane: ({ cluster }) => cluster,
    gather: (given): DocumentDbEvent => ({
      eventSourceArn: (given[0] as ClusterChange).cluster,
      eventSource: "aws:docdb",
      events: given.map(({ event }) => ({ event })),
    }),
  };
}
