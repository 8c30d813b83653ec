// The results as text.

/** One table, a block of rows for each figure. */
export function toTable(results, figures) {
  const lines = [];
  for (const { name, title } of figures) {
    const rows = results.filter(({ figure }) => figure === name);
    if (rows.length === 0) continue;
    lines.push("", `${title} (${name})`);
    for (const { contestant, median, p25, p75, unit, ratioToBare } of rows) {
      const ratio = ratioToBare === null ? "" : `${ratioToBare.toFixed(2)}x`;
      lines.push(
        `  ${contestant.padEnd(28)}${format(median).padStart(9)} ${unit.padEnd(10)}${`${format(p25)} .. ${format(p75)}`.padEnd(20)}${ratio.padStart(9)}`,
      );
    }
  }
  return lines.join("\n");
}

function format(value) {
  if (value >= 1000) return String(Math.round(value));
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
