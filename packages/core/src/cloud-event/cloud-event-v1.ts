/** The value of an attribute in JSON. Integers are those of 32 bits. */
export type CloudEventAttribute = string | number | boolean;

/**
 * A CloudEvent in the JSON format, as `toCloudEvent` makes it and `fromCloudEvent` reads it: plain data for `JSON.stringify`.
 * Extension attributes stand beside the others, under names of lower-case letters and digits.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export interface CloudEventV1 {
  readonly specversion: "1.0";
  readonly id: string;
  /** A URI-reference. */
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  /** RFC 3339. */
  readonly time?: string | undefined;
  /** When there is `data` without it, the data is a JSON value. */
  readonly datacontenttype?: string | undefined;
  /** An absolute URI. */
  readonly dataschema?: string | undefined;
  /** A JSON value; under a `datacontenttype` that is not JSON, text. Absent is not the same as null. */
  readonly data?: unknown;
  /** Bytes as Base64, instead of `data`. */
  readonly data_base64?: string | undefined;
  /** Extension attributes. */
  readonly [extension: string]: unknown;
}

/** Attributes that are no extensions, and the members that hold the data. */
export const coreNames: ReadonlySet<string> = new Set([
  "specversion",
  "id",
  "source",
  "type",
  "subject",
  "time",
  "datacontenttype",
  "dataschema",
  "data",
  "data_base64",
]);
