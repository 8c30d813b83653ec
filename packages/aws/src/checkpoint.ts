const digits = /^\d+$/;

/**
 * The record from which a shard has to go on: the one with the lowest sequence number, where all have one, else the first. Sequence
 * numbers have up to 56 digits.
 */
export function lowest<T extends { readonly sequence: string | undefined }>(records: readonly T[]): T | undefined {
  if (!records.every(({ sequence }) => digits.test(sequence ?? ""))) return records[0];
  return records.reduce<T | undefined>(
    (low, record) => (low && BigInt(low.sequence ?? 0) <= BigInt(record.sequence ?? 0) ? low : record),
    undefined,
  );
}
