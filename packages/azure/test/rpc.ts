import type { RpcInput } from "./worker.js";

/** Values as the host hands them to its worker. */
export const text = (string: string): RpcInput => ({ string });
export const json = (value: unknown): RpcInput => ({ json: JSON.stringify(value) });
export const bytes = (value: Uint8Array | string): RpcInput => ({ bytes: Buffer.from(value) });
export const byteList = (values: readonly (Uint8Array | string)[]): RpcInput => ({
  collectionBytes: { bytes: values.map((value) => Buffer.from(value)) },
});
export const longs = (values: readonly bigint[]): RpcInput => ({
  collectionSint64: {
    sint64: values.map((value) => ({
      low: Number(BigInt.asIntN(32, value)),
      high: Number(BigInt.asIntN(32, value >> 32n)),
      unsigned: false,
    })),
  },
});

/** The host leaves empty entries out, unless the app has IncludeEmptyEntriesInMessagePayload. */
export const strings = (values: readonly (string | null)[], keepEmpty = false): RpcInput => ({
  collectionString: {
    string: keepEmpty
      ? values.map((value) => value ?? "")
      : (values.filter((value) => value !== null && value !== "") as string[]),
  },
});
