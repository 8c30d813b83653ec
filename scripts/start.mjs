// `npm start`: sets up, then runs the demos. What stands behind `--` is for the first of them: `--keep` leaves its servers up.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const given = process.argv.slice(2);
const orders = [join(root, "examples/orders/dist/demo.js"), ...given];
const migrate = [join(root, "examples/migrate/dist/demo.js")];

run([join(root, "scripts/setup.mjs")]);
// Servers that are kept up come last.
for (const demo of given.includes("--keep") ? [migrate, orders] : [orders, migrate]) run(demo);

function run(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
