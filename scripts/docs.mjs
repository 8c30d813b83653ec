// `npm run docs`: prints the capability tables into docs/events.md, from the adapters' own data.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./workspace.mjs";

const page = join(root, "docs/events.md");
const clouds = { aws: "AWS Lambda", azure: "Azure Functions", gcp: "Google Cloud Functions" };
const redelivery = {
  message: "the failed ones",
  declared: "the failed ones, where declared",
  "from-failure": "the failed one and all behind it",
  delivery: "the whole delivery",
  none: "nothing",
};
const deadLetter = {
  native: "the platform's own",
  "sink-or-redelivery": "the sink, else delivered again",
  sink: "the sink, which is demanded",
};
const said = (value) => (value === "hook" ? "by a hook" : value ? "yes" : "no");

/** The tables, as they stand between the page's markers. */
export function tables(rows) {
  return Object.entries(clouds)
    .map(([cloud, title]) => {
      const lines = rows[cloud].map(
        (row) =>
          `| \`${row.kind}\` | [${row.source}](${row.see}) | ${row.batch ? "several" : "one"} | ${redelivery[row.redelivery]}${
            row.requires ? ` (${row.requires})` : ""
          } | ${row.order} | ${said(row.retryDelay)} | ${deadLetter[row.deadLetter]} | ${said(row.attempt)} | ${said(row.deadline)} |`,
      );
      return `### ${title}\n\n| kind | source | at once | a failure brings back | order | retry delay | dead letters | attempt known | deadline known |\n|---|---|---|---|---|---|---|---|---|\n${lines.join("\n")}`;
    })
    .join("\n\n");
}

/** The page with its tables as they should be. */
export function render(rows) {
  const text = readFileSync(page, "utf8");
  return text.replace(
    /(<!-- capabilities -->\n)[\s\S]*?(<!-- \/capabilities -->)/,
    (_all, begin, end) => `${begin}\n${tables(rows)}\n\n${end}`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const rows = {};
  for (const cloud of Object.keys(clouds)) {
    ({ capabilities: rows[cloud] } = await import(join(root, `packages/${cloud}/dist/capabilities.js`)));
  }
  writeFileSync(page, render(rows));
}
