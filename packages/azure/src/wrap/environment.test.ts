import { afterEach, expect, test, vi } from "vitest";
import { environment } from "./environment.js";

const names = [
  "WEBSITE_SITE_NAME",
  "WEBSITE_HOSTNAME",
  "REGION_NAME",
  "FUNCTIONS_WORKER_RUNTIME",
  "FUNCTIONS_EXTENSION_VERSION",
  "AZURE_FUNCTIONS_ENVIRONMENT",
  "ORDERS_QUEUE",
];
afterEach(() => void vi.unstubAllEnvs());

test("what is missing is set, and returned; what is there stays", () => {
  for (const name of names) vi.stubEnv(name, undefined);
  vi.stubEnv("REGION_NAME", "North Europe");
  const set = environment({ name: "contoso", region: "West Europe", settings: { ORDERS_QUEUE: "orders" } });
  expect(set).toEqual({
    FUNCTIONS_WORKER_RUNTIME: "node",
    FUNCTIONS_EXTENSION_VERSION: "~4",
    AZURE_FUNCTIONS_ENVIRONMENT: "Production",
    WEBSITE_SITE_NAME: "contoso",
    WEBSITE_HOSTNAME: "contoso.azurewebsites.net",
    ORDERS_QUEUE: "orders",
  });
  expect(process.env).toMatchObject({ ...set, REGION_NAME: "North Europe" });
  expect(environment({ name: "other" })).toEqual({});
});
