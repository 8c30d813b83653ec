/**
 * The places behind a checkpoint: that of the lowest failure and all later ones. Undefined where an identifier is none of the delivery's.
 * Records stand in their order.
 */
export function fromLowest(identifiers: readonly unknown[], known: readonly string[]): ReadonlySet<number> | undefined {
  const places = identifiers.map((id) => known.indexOf(id as string));
  if (places.includes(-1)) return undefined;
  const lowest = Math.min(...places, known.length);
  return new Set([...known.keys()].filter((place) => place >= lowest));
}
