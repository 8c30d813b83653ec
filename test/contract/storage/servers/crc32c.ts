const table = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0x82f63b78 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The CRC-32C of Cloud Storage's `x-goog-hash`, which Node does not have. */
export function crc32cBase64(body: Uint8Array): string {
  let value = 0xffffffff;
  for (const byte of body) value = (table[(value ^ byte) & 255] as number) ^ (value >>> 8);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((value ^ 0xffffffff) >>> 0);
  return bytes.toString("base64");
}
