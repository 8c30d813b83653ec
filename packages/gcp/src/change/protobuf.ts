import { HandlerError } from "@portico/core";

/** One field of a message on the wire: a varint or 64 bits as a bigint, or bytes. */
export type WireValue = bigint | Uint8Array;

/**
 * The fields of a protobuf message in their order, by number. Groups are refused: nothing of Google's has them.
 *
 * @throws {HandlerError} EVENT_MALFORMED when the bytes end too early, or are no message.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function* readFields(bytes: Uint8Array): Generator<readonly [field: number, value: WireValue]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.byteLength) {
    const tag = varint();
    const field = Number(tag >> 3n);
    if (field === 0) throw malformed();
    switch (Number(tag & 7n)) {
      case 0:
        yield [field, varint()];
        break;
      case 1:
        yield [field, view.getBigUint64(skip(8), true)];
        break;
      case 2: {
        const length = varint();
        if (length > BigInt(bytes.byteLength)) throw malformed();
        const start = skip(Number(length));
        yield [field, bytes.subarray(start, start + Number(length))];
        break;
      }
      case 5:
        yield [field, BigInt(view.getUint32(skip(4), true))];
        break;
      default:
        throw malformed();
    }
  }

  /** Where the next bytes begin. */
  function skip(length: number): number {
    const start = at;
    at += length;
    if (at > bytes.byteLength) throw malformed();
    return start;
  }

  /** 64 bits at most, so ten bytes. */
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[skip(1)] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed();
  }
}

/** A signed integer; negative ones are written as 64 bits of two's complement. */
export function toInt64(value: WireValue): bigint {
  return BigInt.asIntN(64, expectNumber(value));
}

const scratch = new DataView(new ArrayBuffer(8));

export function toDouble(value: WireValue): number {
  scratch.setBigUint64(0, expectNumber(value));
  return scratch.getFloat64(0);
}

/** @throws {HandlerError} EVENT_MALFORMED when it is not UTF-8. */
export function toText(value: WireValue): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(expectBytes(value));
  } catch (cause) {
    throw malformed(cause);
  }
}

export function expectBytes(value: WireValue): Uint8Array {
  if (typeof value === "bigint") throw malformed();
  return value;
}

function expectNumber(value: WireValue): bigint {
  if (typeof value !== "bigint") throw malformed();
  return value;
}

function malformed(cause?: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", "The data of the Firestore event is no protobuf message.", { cause });
}
