import fc from "fast-check";

// What tests draw at random, in one place. Vitest runs this file before each test file.

/**
 * The seed of everything that is drawn: the same in every run of `npm test`, so that a rare case never stops a good change. `npm run
 * test:deep` gives another one each time.
 */
export const seed = Number(process.env.PORTICO_SEED ?? 20_261_128);

/** How many times as many cases as `npm test` takes. */
export const factor = Number(process.env.PORTICO_CASES ?? 1);

/** A number of cases: so many in `npm test`, and more where the tests explore. */
export function cases(count: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(count * factor) };
}

fc.configureGlobal({ seed, ...cases(100) });

let drawn = seed;

/** Bytes of no pattern, the same ones in every run of a test file. */
export function randomBytes(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  // The generator of Numerical Recipes: good enough for content that only has to differ.
  for (let index = 0; index < length; index += 1) {
    drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) | 0;
    bytes[index] = drawn >>> 24;
  }
  return bytes;
}
