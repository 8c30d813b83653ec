import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadExtension } from "./extension.js";

let app: string;
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), "portico-app-"));
});
afterEach(() => rmSync(app, { recursive: true, force: true }));

function install(place: string, code = ""): void {
  const file = join(app, "node_modules", place, "index.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
}

const extension = "@azure/functions-extensions-servicebus";
const base = "@azure/functions-extensions-base";

test("the extension is loaded where it shares the base package with Azure's library", () => {
  install("@azure/functions");
  install(base);
  install(extension, "globalThis.loadedExtension = true;");
  loadExtension(join(app, "index.js"));
  expect(Reflect.get(globalThis, "loadedExtension")).toBe(true);
});

test("two copies of the base package are refused: the library would not see what the extension registers", () => {
  install("@azure/functions");
  install(base);
  install(extension);
  install(`${extension}/node_modules/${base}`);
  expect(() => loadExtension(join(app, "index.js"))).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("two copies"),
      hint: expect.stringContaining("overrides"),
    }),
  );
});

test("an extension that cannot be loaded is refused", () => {
  install(extension, "throw new Error('built for another Node');");
  expect(() => loadExtension(join(app, "index.js"))).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(`needs ${extension}`) }),
  );
});
