// `npm run docs`: prints the capability tables into docs/events.md, from the adapters' own data, and the conformance table of object
// storage into docs/storage.md, from what the contract suite is held to.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./workspace.mjs";

const page = join(root, "docs/events.md");
const storagePage = join(root, "docs/storage.md");
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

/** The conformance table: operation by provider, with the server's name. A gap is a letter, and its meaning stands below. */
export function conformance({ rows, columns }) {
  const all = Object.values(columns);
  const gaps = [...new Set(all.flatMap((column) => Object.values(column.gaps)))];
  const letter = (gap) => String.fromCharCode(97 + gaps.indexOf(gap));
  const cell = (column, id) => {
    if (column.refuses.includes(id)) return "refused";
    return id in column.gaps ? `gap ${letter(column.gaps[id])}` : "yes";
  };
  const lines = [
    `| | ${all.map(({ provider }) => provider).join(" | ")} |`,
    `|---|${"---|".repeat(all.length)}`,
    `| *server* | ${all.map(({ server }) => `*${server}*`).join(" | ")} |`,
    ...rows.map(
      ({ id, title }) => `| ${title.replaceAll("|", "\\|")} | ${all.map((column) => cell(column, id)).join(" | ")} |`,
    ),
  ];
  return `${lines.join("\n")}\n\n${gaps.map((gap) => `- gap ${letter(gap)}: the server ${gap}.`).join("\n")}`;
}

/** docs/storage.md with its table as it should be. */
export function renderStorage(data) {
  return readFileSync(storagePage, "utf8").replace(
    /(<!-- conformance -->\n)[\s\S]*?(<!-- \/conformance -->)/,
    (_all, begin, end) => `${begin}\n${conformance(data)}\n\n${end}`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const rows = {};
  for (const cloud of Object.keys(clouds)) {
    ({ capabilities: rows[cloud] } = await import(join(root, `packages/${cloud}/dist/capabilities.js`)));
  }
  writeFileSync(page, render(rows));
  writeFileSync(storagePage, renderStorage(await import(join(root, "test/contract/storage/rows.mjs"))));
}
