// Part of `npm run docs`: prints the tables of docs/performance.md and draws its chart, from what `npm run bench` measured.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./workspace.mjs";

const pageFile = join(root, "docs/performance.md");
const chartFile = join(root, "docs/performance.svg");

/** The rows of the cost table: what must be, what is aimed at, and who is measured beside the floor. */
const goals = [
  { figure: "lambda-v2-post", title: "Lambda, POST, payload 2.0", must: 2, aim: 1.4 },
  { figure: "lambda-v1-post", title: "Lambda, POST, payload 1.0", must: 2, aim: 1.4 },
  { figure: "lambda-v2-get", title: "Lambda, GET, payload 2.0", must: 3, aim: 2 },
  { figure: "lambda-v1-get", title: "Lambda, GET, payload 1.0", must: 3, aim: 2 },
  { figure: "lambda-layers", title: "The POST with errors, request id, CORS and auth", must: 2.8, aim: 1.9 },
  { figure: "lambda-response", title: "The handler returns a `Response`", must: 14, aim: 10.5 },
  { figure: "sqs-batch", title: "SQS, ten messages, two failing", must: 1.35, aim: 1.15 },
  { figure: "azure-handler", title: "Azure, the handler alone", must: 1.35, aim: 1.1 },
  { figure: "azure-end-to-end", title: "Azure, end to end", must: 1.15, aim: 1.03 },
  { figure: "google-http", title: "Google, server CPU", must: 1.1, aim: 1.05 },
  { figure: "onion-10", title: "Ten layers that do nothing", must: 1.7, aim: 1.25 },
  { figure: "heap", title: "Heap per invocation", must: 4, aim: 2.5 },
];
const absolute = [
  { figure: "cold-start", title: "Cold start over an empty process, CPU", must: 3.5, aim: 2, divisor: 1, unit: "ms" },
  {
    figure: "bundle-size",
    title: "Bundle of one AWS function, minified and gzipped",
    must: 5,
    aim: 3.4,
    divisor: 1000,
    unit: "kB",
  },
];

export function readResults() {
  return JSON.parse(readFileSync(join(root, "test/bench/results.json"), "utf8"));
}

/** The page with its tables as the results have them. */
export function render(results, page = readFileSync(pageFile, "utf8")) {
  return [
    ["goals", goalTable(results)],
    ["all", allTables(results)],
  ].reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_all, begin, end) => `${begin}\n${table}\n\n${end}`,
      ),
    page,
  );
}

function goalTable(results) {
  const lines = [
    "| figure | must | aim | by hand | before | now | best of the others |",
    "|---|---:|---:|---:|---:|---:|---|",
  ];
  for (const { figure, title, must, aim } of goals) {
    const of = (name) => find(results, figure, name)?.ratioToBare;
    const best = bestPeer(results, figure, (row) => row.ratioToBare);
    const shown = best ? `${best.contestant} ${times(best.ratioToBare)}` : "";
    lines.push(
      `| ${title} | ${times(must)} | ${times(aim)} | ${times(of("by-hand") ?? of("by-message"))} | ${times(of("portico (before)"))} | **${times(of("portico"))}** | ${shown} |`,
    );
  }
  for (const { figure, title, must, aim, divisor, unit } of absolute) {
    const value = (row) => (row ? `${(row.median / divisor).toFixed(1)} ${unit}` : "");
    const best = bestPeer(results, figure, (row) => row.median);
    const [now, before] = ["portico, one function", "portico, one function (before)"].map((name) =>
      find(results, figure, name),
    );
    lines.push(
      `| ${title} | ${must} ${unit} | ${aim} ${unit} | | ${value(before)} | **${value(now)}** | ${best ? `${best.contestant} ${value(best)}` : ""} |`,
    );
  }
  return lines.join("\n");
}

function allTables(results) {
  const figures = [...new Set(results.map(({ figure }) => figure))];
  return figures
    .map((figure) => {
      const rows = results.filter((row) => row.figure === figure);
      const lines = rows.map(
        ({ contestant, median, p25, p75, ratioToBare }) =>
          `| ${contestant} | ${number(median)} | ${number(p25)} to ${number(p75)} | ${times(ratioToBare)} |`,
      );
      return `### ${figure}\n\n| contestant | median, ${rows[0].unit} | middle half | to bare |\n|---|---:|---:|---:|\n${lines.join("\n")}`;
    })
    .join("\n\n");
}

function find(results, figure, contestant) {
  return results.find((row) => row.figure === figure && row.contestant === contestant);
}

function bestPeer(results, figure, by) {
  const peers = results.filter(
    (row) => row.figure === figure && !/^(?:bare|by-|native-fetch|portico)/.test(row.contestant),
  );
  return peers.sort((one, two) => by(one) - by(two))[0];
}

function times(ratio) {
  return ratio === null || ratio === undefined ? "" : `${ratio.toFixed(ratio < 20 ? 2 : 0)}x`;
}

function number(value) {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

const colours = { "portico (before)": "#c9b8e8", portico: "#6f42c1", other: "#9aa5b1" };
const [width, left, barHeight, gap] = [760, 260, 12, 16];

/** Bars of the ratios to a hand-written handler, on a scale of powers: Portico, Portico before, the best of the others. */
export function draw(results) {
  const most = 100;
  const toX = (ratio) => left + (Math.log(Math.max(ratio, 1)) / Math.log(most)) * (width - left - 70);
  const parts = [];
  let y = 54;
  for (const { figure, title } of goals) {
    const rows = [
      find(results, figure, "portico"),
      find(results, figure, "portico (before)"),
      bestPeer(results, figure, (row) => row.ratioToBare),
    ].filter(Boolean);
    parts.push(`<text x="${left - 8}" y="${y + 11}" text-anchor="end">${title.replaceAll("`", "")}</text>`);
    for (const { contestant, ratioToBare } of rows) {
      const end = toX(ratioToBare);
      const name = contestant === "portico" ? "" : contestant === "portico (before)" ? "before" : contestant;
      parts.push(
        `<rect x="${left}" y="${y}" width="${Math.max(1, end - left).toFixed(1)}" height="${barHeight}" fill="${colours[contestant] ?? colours.other}"/>`,
        `<text x="${(end + 4).toFixed(1)}" y="${y + 10}" class="value">${`${times(ratioToBare)} ${name}`.trim()}</text>`,
      );
      y += barHeight + 2;
    }
    y += gap;
  }
  const scale = [1, 2, 5, 10, 20, 50, 100].map(
    (ratio) =>
      `<line x1="${toX(ratio).toFixed(1)}" x2="${toX(ratio).toFixed(1)}" y1="46" y2="${y - gap}" stroke="#e3e6ea"/><text x="${toX(ratio).toFixed(1)}" y="40" text-anchor="middle" class="value">${ratio}x</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="CPU time as a multiple of a hand-written native handler">
<title>CPU time as a multiple of a hand-written native handler</title>
<style>text { fill: #24292f } .value { font-size: 10px; fill: #57606a }</style>
<rect width="${width}" height="${y}" fill="#ffffff"/>
<text x="12" y="20" font-size="14" font-weight="600">CPU time (heap: bytes) as a multiple of a hand-written native handler</text>
${scale.join("\n")}
${parts.join("\n")}
</svg>
`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = readResults();
  writeFileSync(pageFile, render(results));
  writeFileSync(chartFile, draw(results));
}
