import { expect, test } from "vitest";
import { load } from "./load.js";

const missing = Object.assign(new Error("Cannot find package '@portico/aws'"), { code: "ERR_MODULE_NOT_FOUND" });

test("a package that is not installed is named, with what installs it", async () => {
  const refused = load("@portico/aws", () => Promise.reject(missing));
  await expect(refused).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("@portico/aws must be installed"),
    hint: "npm install --save-dev @portico/aws",
    cause: missing,
  });
});

test("a package that fails to load fails with its own error", async () => {
  const broken = new SyntaxError("broken");
  await expect(load("@portico/aws", () => Promise.reject(broken))).rejects.toBe(broken);
  expect(await load("@portico/aws", async () => ({ there: true }))).toEqual({ there: true });
});
