/** What the ids of a fake are made of: the same seed, the same ids. A number also gives the place in an order. */
export type Seed = number | string;

let made = 0;

/** The place of the next fake that is given no seed, counted from 1 in this process: so each fake is another event. */
export function nextSeed(): Seed {
  made += 1;
  return made;
}

/** When every fake happened that is not told otherwise: the same every day. */
export const fakeTime = new Date("2026-01-01T00:00:00Z");

/** A seed as a number, for several fakes that are to stand one after the other. */
export function numberOf(seed: Seed): number {
  return typeof seed === "number" ? seed : hash(seed) >>> 0;
}

/** Values that look drawn at random, and are the same for the same kind and seed. */
export class Draw {
  private readonly seed: Seed;
  private readonly next: () => number;

  constructor(kind: string, seed: Seed) {
    this.seed = seed;
    this.next = sfc32(`${kind}#${seed}`);
  }

  /** Lower-case hexadecimal digits. */
  hex(length: number): string {
    return Array.from({ length }, () => this.below(16).toString(16)).join("");
  }

  /** A UUID of version 4. */
  uuid(): string {
    const variant = "89ab"[this.below(4)];
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }

  /** Digits that grow with a seed that is a number. */
  sequence(): string {
    return String(numberOf(this.seed));
  }

  private below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return state;
}

/** Numbers from 0 to below 1, by the small generator sfc32: its state is wide enough that no two seeds meet. */
function sfc32(text: string): () => number {
  let [a, b, c, counter] = [hash(text), hash(`${text}:`), hash(`:${text}`), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first few still show how alike two seeds are.
  for (let round = 0; round < 12; round += 1) next();
  return next;
}
