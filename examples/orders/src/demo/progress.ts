/** One line that moves on a terminal; a plain line for each stage elsewhere. */
export function createProgress(out: NodeJS.WriteStream) {
  let stage = "";
  return {
    show(next: string, detail = ""): void {
      if (out.isTTY) out.write(`\r\u001b[2K${next} ${detail}`.slice(0, (out.columns || 80) + 4));
      else if (next !== stage) out.write(`${next}\n`);
      stage = next;
    },
    clear(): void {
      if (out.isTTY) out.write("\r\u001b[2K");
    },
  };
}
