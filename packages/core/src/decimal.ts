/**
 * A decimal number with more digits than a JavaScript number holds, as its database wrote it. It does no arithmetic: give its text to a
 * library that does.
 */
export class Decimal {
  /** The digits, as they came: `0.1234567890123456789`. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The nearest JavaScript number. */
  toNumber(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  /** The digits, as text: JSON's own numbers would be rounded by whoever reads them. */
  toJSON(): string {
    return this.text;
  }
}

const integer = /^[+-]?\d+$/;

/** A number from its text, exact: a number when it round-trips, a bigint for larger integers, else a `Decimal`. */
export function toExactNumber(text: string): number | bigint | Decimal {
  const value = Number(text);
  if (Number.isSafeInteger(value) && integer.test(text)) return value;
  if (integer.test(text)) return BigInt(text);
  if (Number.isFinite(value) && samePlaces(text, value)) return value;
  return new Decimal(text);
}

/** Whether both have the same digits and the same magnitude, whatever their notation: `1.50`, `15e-1` and `1.5`. */
function samePlaces(text: string, value: number): boolean {
  const [one, two] = [normal(text), normal(String(value))];
  return one !== undefined && one === two;
}

function normal(text: string): string | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const digits = (whole + fraction).replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") return "0";
  const power = Number(exponent) - fraction.length + (digits.length - trimmed.length);
  return `${sign === "-" ? "-" : ""}${trimmed}e${power}`;
}
