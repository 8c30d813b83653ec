import type { Bytes } from "@portico/core";

/** Writes the fields of one protobuf message, in the order of the calls. */
export class ProtobufWriter {
  private readonly parts: Uint8Array[] = [];

  /** A boolean, or a signed integer: negative ones are 64 bits of two's complement. */
  varint(field: number, value: bigint | boolean): this {
    this.tag(field, 0);
    this.raw(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  double(field: number, value: number): this {
    this.tag(field, 1);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.parts.push(bytes);
    return this;
  }

  /** Bytes, text as UTF-8, or a message within this one. */
  bytes(field: number, value: Uint8Array | string | ProtobufWriter): this {
    const bytes = value instanceof ProtobufWriter ? value.finish() : Buffer.from(value as Uint8Array);
    this.tag(field, 2);
    this.raw(BigInt(bytes.length));
    this.parts.push(bytes);
    return this;
  }

  finish(): Bytes {
    return new Uint8Array(Buffer.concat(this.parts));
  }

  private tag(field: number, type: number): void {
    this.raw(BigInt((field << 3) | type));
  }

  private raw(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.parts.push(Uint8Array.from(bytes));
  }
}
