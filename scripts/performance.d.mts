/** One measured value, as `test/bench/results.json` has it. */
export interface Result {
  readonly figure: string;
  readonly contestant: string;
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly unit: string;
  readonly ratioToBare: number | null;
}
export function readResults(): Result[];
export function render(results: readonly Result[], page?: string): string;
export function draw(results: readonly Result[]): string;
