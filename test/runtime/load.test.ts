import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// `npm run soak` does the same with 200,000. Ordered stops in the middle of load are in gcp.test.ts and node.test.ts.
const script = fileURLToPath(new URL("../soak/in-process.mjs", import.meta.url));

test.each(["aws-http", "aws-sqs", "azure", "gcp", "node"])(
  "%s answers thousands of invocations, sixteen at a time, and holds on to none of them",
  async (name) => {
    const node = process.env.PORTICO_NODE ?? process.execPath;
    const { stdout } = await promisify(execFile)(node, ["--expose-gc", script, name, "6000"]);
    const { count, wrong, grownBytes } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect({ count, wrong }).toEqual({ count: 6000, wrong: 0 });
    // What one invocation takes is more than 1 kB, whoever's it is.
    expect(grownBytes).toBeLessThan(2_000_000);
  },
);
