/** Whether an event is a list of records of one service. SNS writes the name of the field in another case. */
export function isRecords<R>(event: unknown, source: string): event is { readonly Records: readonly R[] } {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(records)) return false;
  const first = records[0] as { eventSource?: unknown; EventSource?: unknown } | null | undefined;
  return (first?.eventSource ?? first?.EventSource) === source;
}

/** Base64, as AWS writes it, to bytes. */
export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, "base64");
}
