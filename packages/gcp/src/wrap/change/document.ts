import type { Bytes } from "@portico/core";
import { parseTimestamp } from "@portico/core/adapter";
import type { DocumentEventData, FirestoreDocument, FirestoreValue } from "../../change/document.js";
import { ProtobufWriter } from "./protobuf.js";

/**
 * What a Firestore event says, from its JSON form to the protobuf that Eventarc delivers.
 *
 * @see https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto
 */
export function writeDocumentEvent({ value, oldValue, updateMask }: DocumentEventData): Bytes {
  const writer = new ProtobufWriter();
  if (value) writer.bytes(1, toDocument(value));
  if (oldValue) writer.bytes(2, toDocument(oldValue));
  if (updateMask) {
    const mask = new ProtobufWriter();
    for (const path of updateMask.fieldPaths ?? []) mask.bytes(1, path);
    writer.bytes(3, mask);
  }
  return writer.finish();
}

function toDocument({ name, fields, createTime, updateTime }: FirestoreDocument): ProtobufWriter {
  const writer = new ProtobufWriter();
  if (name) writer.bytes(1, name);
  writeFields(writer, 2, fields ?? {});
  if (createTime !== undefined) writer.bytes(3, toTimestamp(createTime));
  if (updateTime !== undefined) writer.bytes(4, toTimestamp(updateTime));
  return writer;
}

/** A map is a list of its entries. */
function writeFields(writer: ProtobufWriter, field: number, fields: Readonly<Record<string, FirestoreValue>>): void {
  for (const [name, value] of Object.entries(fields)) {
    writer.bytes(field, new ProtobufWriter().bytes(1, name).bytes(2, toValue(value)));
  }
}

/** Members of the union are written even where they are what protobuf leaves out elsewhere. */
function toValue(value: FirestoreValue): ProtobufWriter {
  const writer = new ProtobufWriter();
  const [type, content] = Object.entries(value)[0] as [string, unknown];
  switch (type) {
    case "booleanValue":
      return writer.varint(1, content as boolean);
    case "integerValue":
      return writer.varint(2, BigInt(content as string));
    case "doubleValue":
      return writer.double(3, Number(content));
    case "referenceValue":
      return writer.bytes(5, content as string);
    case "mapValue": {
      const map = new ProtobufWriter();
      writeFields(map, 1, (content as { readonly fields?: Record<string, FirestoreValue> }).fields ?? {});
      return writer.bytes(6, map);
    }
    case "geoPointValue":
      return writer.bytes(8, toGeoPoint(content as GeoPoint));
    case "arrayValue": {
      const list = new ProtobufWriter();
      const { values = [] } = content as { readonly values?: readonly FirestoreValue[] };
      for (const one of values) list.bytes(1, toValue(one));
      return writer.bytes(9, list);
    }
    case "timestampValue":
      return writer.bytes(10, toTimestamp(content as string));
    case "nullValue":
      return writer.varint(11, 0n);
    case "stringValue":
      return writer.bytes(17, content as string);
    case "bytesValue":
      return writer.bytes(18, Buffer.from(content as string, "base64"));
    default:
      throw new TypeError(`A Firestore value has the type ${type}.`);
  }
}

interface GeoPoint {
  readonly latitude?: number;
  readonly longitude?: number;
}

/** Zero is left out, as in every message of this syntax. */
function toGeoPoint({ latitude = 0, longitude = 0 }: GeoPoint): ProtobufWriter {
  const writer = new ProtobufWriter();
  if (!Object.is(latitude, 0)) writer.double(1, latitude);
  if (!Object.is(longitude, 0)) writer.double(2, longitude);
  return writer;
}

/** Seconds from 1970, before it too, and nanoseconds that always count forward. */
function toTimestamp(text: string): ProtobufWriter {
  const date = parseTimestamp(text) ?? new Date(Number.NaN);
  const seconds = BigInt(Math.floor(date.getTime() / 1000));
  const nanos = BigInt((/\.(\d+)/.exec(text)?.[1] ?? "0").slice(0, 9).padEnd(9, "0"));
  const writer = new ProtobufWriter();
  if (seconds !== 0n) writer.varint(1, seconds);
  if (nanos !== 0n) writer.varint(2, nanos);
  return writer;
}
