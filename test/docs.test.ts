import { readFileSync } from "node:fs";
import { errorStatus } from "@portico/core";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("docs/errors.md lists every code with its status, and no other", () => {
  const rows = [...read("docs/errors.md").matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (yes|no) \|/gm)].map(
    ([, code, status, shown]) => [code, { status: Number(status), exposed: shown === "yes" }],
  );
  const codes = Object.entries(errorStatus).map(([code, status]) => [code, { status, exposed: status !== 500 }]);
  expect(rows).toEqual(codes);
});
