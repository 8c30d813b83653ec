import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fake } from "@portico/testing";
import { expect, test } from "vitest";
import { profile } from "./readme/layers.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const folders = ["packages", "examples"].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => `${group}/${name}`),
);
const pages = ["", "docs", ...folders].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md")
    .map((name) => join(folder, name)),
);

/** Code blocks that name the file they are part of in their first line. */
function namedBlocks(page: string): [file: string, code: string][] {
  return [...read(page).matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```/gm)].map(([, file, code]) => [
    file as string,
    code as string,
  ]);
}

test("the README's code is a verbatim part of files that are built and run", () => {
  const blocks = namedBlocks("README.md");
  expect(blocks.length).toBeGreaterThan(5);
  const held = ["docs/events.md", "docs/testing.md", "docs/wrapping.md", "docs/storage.md"].flatMap(namedBlocks);
  for (const [file, code] of [...blocks, ...held]) {
    expect(read(file), file).toContain(code.trimEnd());
  }
  for (const page of ["README.md", "docs/testing.md", "docs/wrapping.md"]) {
    const unnamed = [...read(page).matchAll(/^```ts\n(?!\/\/ )/gm)];
    expect(unnamed, page).toEqual([]);
  }
});

test("every link within the repository leads somewhere", () => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(page), target as string)), `${page}: ${target}`).toBe(true);
    }
  }
});

test("every link to a heading finds it", () => {
  for (const page of pages) {
    for (const [, target = "", anchor] of read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)) {
      const text = read(target === "" ? page : join(dirname(page), target));
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replace(/[^\w\- ]/g, "")
          .replaceAll(" ", "-"),
      );
      expect(anchors, `${page}: #${anchor}`).toContain(anchor);
    }
  }
});

test("the README names every npm command that the checks and the demo need", () => {
  const { scripts } = JSON.parse(read("package.json"));
  for (const [, name] of read("README.md").matchAll(/`npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty(name as string);
  expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
});

test("the layers of the README do what they say", async () => {
  expect((await profile(fake.http())).status).toBe(401);
  expect(await profile(fake.http({ cookies: { user: "ada" } }))).toMatchObject({ status: 200, body: '{"user":"ada"}' });
});
