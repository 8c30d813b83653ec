import { afterEach, beforeEach, expect, test } from "vitest";
import { environment } from "./environment.js";

const before = process.env;
beforeEach(() => {
  process.env = { PATH: "/bin", K_REVISION: "mine" };
});
afterEach(() => {
  process.env = before;
});

test("what is missing is set, and told; what is there stays", () => {
  const set = environment({
    name: "thumbnails",
    revision: "r1",
    target: "main",
    signature: "cloudevent",
    projectId: "acme",
  });
  expect(set).toEqual({
    K_SERVICE: "thumbnails",
    FUNCTION_TARGET: "main",
    FUNCTION_SIGNATURE_TYPE: "cloudevent",
    GOOGLE_CLOUD_PROJECT: "acme",
  });
  expect(process.env).toEqual({ PATH: "/bin", K_REVISION: "mine", ...set });
});

test("the first generation has names of its own", () => {
  const options = {
    name: "f",
    target: "main",
    projectId: "acme",
    region: "europe-west1",
    timeoutSeconds: 60,
    memoryMb: 256,
  };
  expect(environment({ ...options, generation: 1 })).toMatchObject({
    FUNCTION_NAME: "f",
    ENTRY_POINT: "main",
    GCP_PROJECT: "acme",
    GCLOUD_PROJECT: "acme",
    FUNCTION_REGION: "europe-west1",
    FUNCTION_TIMEOUT_SEC: "60",
    FUNCTION_MEMORY_MB: "256",
  });
});

test("nothing given is nothing set", () => {
  expect(environment({})).toEqual({});
});
