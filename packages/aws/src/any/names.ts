type Shape = Readonly<Record<string, unknown>>;

/**
 * What the resources that an event comes from are called: its queue, topic, stream, bucket or table. All records of a delivery come from
 * one resource, so the first tells; messages of RabbitMQ and Kafka may come from several. What an event is wrapped in is looked through.
 */
export function namesOf(event: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  collect(event, names, 0);
  return names;
}

// A bucket in a topic in a queue behind Pipes.
const deepest = 3;

function collect(given: unknown, names: Set<string>, depth: number): void {
  const event = Array.isArray(given) ? { Records: given as unknown } : given;
  if (!isShape(event)) return;
  const { Records, records, rmqMessagesByQueue, messages, detail, TopicArn, Message } = event;
  for (const key of keysOf(rmqMessagesByQueue)) names.add(key.split("::")[0] as string);
  // A topic's name may have hyphens, its partition has none.
  for (const key of keysOf(records)) names.add(key.replace(/-\d+$/, ""));
  if (Array.isArray(messages)) addDestination(messages[0], names);
  add(nested(detail, "bucket", "name"), names);
  addArn(TopicArn, names);
  if (typeof Message === "string") look(Message, names, depth);
  const [record] = Array.isArray(Records) ? (Records as unknown[]) : [];
  if (!isShape(record)) return;
  add(nested(record, "s3", "bucket", "name"), names);
  addArn(record.eventSourceARN ?? record.eventSourceArn, names);
  collect(record.Sns, names, depth);
  if (typeof record.body === "string") look(record.body, names, depth);
}

function look(text: string, names: Set<string>, depth: number): void {
  if (depth >= deepest || !text.startsWith("{")) return;
  try {
    collect(JSON.parse(text), names, depth + 1);
  } catch {
    // Not JSON, so nothing is wrapped in it.
  }
}

/** `...:queue`, `...:topic`, `...:table/name/stream/...`, `...:stream/name`. */
function addArn(arn: unknown, names: Set<string>): void {
  const [, , , , , ...resource] = String(arn).split(":");
  const [first, second] = resource.join(":").split("/");
  add(second ?? first, names);
}

function addDestination(message: unknown, names: Set<string>): void {
  add(nested(message, "destination", "physicalName") ?? nested(message, "destination", "physicalname"), names);
}

function add(name: unknown, names: Set<string>): void {
  if (typeof name === "string" && name !== "") names.add(name);
}

function nested(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, name) => (isShape(inner) ? inner[name] : undefined), value);
}

function keysOf(value: unknown): readonly string[] {
  return isShape(value) ? Object.keys(value) : [];
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
