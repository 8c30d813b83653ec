// Portico as it was built here, or in another folder: `--before <folder>` measures the build of an older checkout beside this one.
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL("../../..", import.meta.url));
const older = process.env.BENCH_BEFORE;

/** The names of its contestants. */
export const builds = older ? ["portico", "portico (before)"] : ["portico"];

/** A module of a build, by its path in `packages`. */
export function loadPortico(name, path) {
  return import(pathToFileURL(join(name === "portico" ? here : older, "packages", path)));
}

/** Whether a contestant is Portico. */
export function isPortico(name) {
  return name.startsWith("portico");
}
