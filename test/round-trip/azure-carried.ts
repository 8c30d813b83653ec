import type { CloudEvent, Message, QueueMessage } from "@portico/core";

/** How what was sent is compared with what came back, by name. */
export type Carried = Readonly<Record<string, (sent: never, back: never) => Pair | Promise<Pair>>>;
/** What is to be the same: as it was sent, as far as the cell can carry it, and as it came. */
type Pair = readonly [sent: unknown, back: unknown];

/** Text that the worker's library parses arrives as what it is then; an empty one is none. */
export function asTold(text: string | undefined): string | undefined {
  let value: unknown = text;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    // It stays as it is.
  }
  if (typeof value === "string") return value || undefined;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number") return undefined;
  return Number.isSafeInteger(value) || !Number.isInteger(value) ? String(value) : undefined;
}

export const same =
  (name: string, told: (value: never) => unknown = (value) => value) =>
  (sent: never, back: never): Pair => [told(sent[name]), back[name]];
export const told = (...names: string[]): Carried =>
  Object.fromEntries(names.map((name) => [name, same(name, asTold as never)]));
export const exact = (...names: string[]): Carried => Object.fromEntries(names.map((name) => [name, same(name)]));
/** JSON that is written anew keeps text as it is, and takes an empty one for none. */
export const written = (...names: string[]): Carried =>
  Object.fromEntries(names.map((name) => [name, same(name, (text) => text || undefined)]));
export const body: Carried = {
  body: async (sent: Message, back: Message) => [[...(await sent.bytes())], [...(await back.bytes())]],
};
export const attributes: Carried = {
  attributes: (sent: Message, back: Message) => [
    { ...sent.attributes },
    Object.fromEntries(Object.keys(sent.attributes).map((name) => [name, back.attributes[name]])),
  ],
  "number of attributes": (sent: Message, back: Message) => [
    Object.keys(sent.attributes).length,
    Object.keys(back.attributes).filter((name) => name !== "x-ms-rabbitmq-requeuecount").length,
  ],
};
export const attempt: Carried = {
  attempt: same("attempt", (count: number | undefined) => (count && count > 0 && count < 2 ** 31 ? count : undefined)),
};
const int64 = (digits: string | undefined, most: bigint): string | undefined =>
  digits !== undefined && /^(0|-?[1-9]\d{0,18})$/.test(digits) && BigInt(digits) < most && -BigInt(digits) <= most
    ? digits
    : undefined;
export const sequenceOf = (most: bigint): Carried => ({
  sequence: (sent: QueueMessage, back: QueueMessage) => [int64(sent.sequence, most), back.sequence || undefined],
});
export const safe = 2n ** 53n;
export const id: Carried = {
  // Of a text that parses to no text, the cell takes something else that stays the same.
  id: (sent: Message, back: Message) => (asTold(sent.id) === undefined ? [0, 0] : [asTold(sent.id), back.id]),
};
export const seconds: Carried = {
  time: (sent: Message, back: Message) => {
    const whole = Math.floor(sent.time.getTime() / 1000) * 1000;
    return whole > 0 ? [whole, back.time.getTime()] : [0, 0];
  },
};

export const dataOf: Carried = { data: (sent: CloudEvent, back: CloudEvent) => [read(sent), read(back)] };

function read(one: CloudEvent): unknown {
  try {
    return one.data;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** JSON does not tell a map without a prototype from another. */
export const plain = (value: unknown) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
export const withoutSystem = (item: object | undefined) =>
  item &&
  Object.fromEntries(
    Object.entries(plain(item)).filter(([name]) => !/^_(rid|self|etag|attachments|ts|lsn)$/.test(name)),
  );

/** What is left of a text that the worker's library has parsed, written anew. */
function asParsed(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
  } catch {
    return text;
  }
}

export const parsedBody: Carried = {
  body: async (sent: Message, back: Message) => [
    [...Buffer.from(asParsed(new TextDecoder("utf-8", { ignoreBOM: true }).decode(await sent.bytes())))],
    [...(await back.bytes())],
  ],
};
