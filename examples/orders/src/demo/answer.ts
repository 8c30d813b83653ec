import type { WireReply } from "./client.js";
import type { Step } from "./requests.js";

/** A reply as it is compared with those of the other runtimes. */
export interface Answer {
  readonly status: number;
  /** `name: value`, sorted by name; the lines of one name in the order they came. */
  readonly headers: readonly string[];
  readonly body: string;
  /** How a body that is made piece by piece arrived; undefined for others. */
  readonly arrival: "piece by piece" | "in one piece" | undefined;
}

// The business of one connection: how the body is framed, and when it was sent.
const framing = ["connection", "keep-alive", "transfer-encoding", "content-length", "date"];
const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** Ids that are random in every process are all spelled the same. */
export function toAnswer({ status, headers, body, chunksMs }: WireReply, { pieces }: Step): Answer {
  const lines = headers.filter(([name]) => !framing.includes(name)).map(([name, value]) => `${name}: ${value}`);
  const spreadMs = (chunksMs.at(-1) ?? 0) - (chunksMs[0] ?? 0);
  const streamed = pieces !== undefined && chunksMs.length >= pieces && spreadMs > 100;
  return {
    status,
    headers: lines.map((line) => line.replace(uuid, "<uuid>")).sort(byName),
    body: body.toString("latin1").replace(uuid, "<uuid>"),
    arrival: pieces === undefined ? undefined : streamed ? "piece by piece" : "in one piece",
  };
}

function byName(a: string, b: string): number {
  const [nameOfA, nameOfB] = [a.split(":", 1), b.split(":", 1)].map(String) as [string, string];
  return nameOfA < nameOfB ? -1 : nameOfA > nameOfB ? 1 : 0;
}

/** What is wrong with a reply by itself, whatever the others say. */
export function faultOf(
  reply: WireReply,
  method: string,
  step: Step,
  memory: Parameters<Step["request"]>[0],
): string | undefined {
  if (reply.status !== step.status) return `status ${reply.status} instead of ${step.status}`;
  const length = reply.headers.find(([name]) => name === "content-length")?.[1];
  if (length !== undefined && method !== "HEAD" && Number(length) !== reply.body.length) {
    return `content-length ${length} for ${reply.body.length} bytes`;
  }
  try {
    return step.check?.(reply, memory);
  } catch (error) {
    return String(error);
  }
}

/** The members in which two answers differ, for a reader. */
export function compare(reference: Answer, answer: Answer): string[] {
  const found: string[] = [];
  if (reference.status !== answer.status) found.push(`status ${answer.status}, not ${reference.status}`);
  for (const line of answer.headers) if (!reference.headers.includes(line)) found.push(`has ${line}`);
  for (const line of reference.headers) if (!answer.headers.includes(line)) found.push(`lacks ${line}`);
  if (found.length === 0 && reference.headers.join() !== answer.headers.join())
    found.push("header lines in another order");
  if (reference.body !== answer.body) found.push(`body ${show(answer.body)}, not ${show(reference.body)}`);
  if (reference.arrival !== answer.arrival) found.push(`arrived ${answer.arrival}, not ${reference.arrival}`);
  return found;
}

function show(body: string): string {
  return JSON.stringify(body.length > 160 ? `${body.slice(0, 160)}…` : body);
}
