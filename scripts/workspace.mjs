// What the other scripts know about the workspace, read from its package.json files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const sourceCondition = "@portico/source";

/**
 * Every package and example: `folder` relative to the root, its manifest, and its entry points as
 * `{ subpath, source, output, requireTypes }` (paths relative to `folder`).
 */
export function workspaces() {
  return ["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group))
      .filter((name) => existsSync(join(root, group, name, "package.json")))
      .map((name) => {
        const folder = `${group}/${name}`;
        const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
        const entries = Object.entries(manifest.exports ?? {})
          .filter(([, target]) => typeof target === "object")
          .map(([subpath, target]) => ({
            subpath,
            source: target[sourceCondition],
            output: target.default,
            requireTypes: target.types?.require,
          }));
        return { name: manifest.name, folder, manifest, entries };
      }),
  );
}

/** The same workspaces, each after those it depends on. */
export function inDependencyOrder(list) {
  const byName = new Map(list.map((workspace) => [workspace.name, workspace]));
  const ordered = new Set();
  const visit = (workspace) => {
    if (ordered.has(workspace)) return;
    for (const name of Object.keys(workspace.manifest.dependencies ?? {})) {
      if (byName.has(name)) visit(byName.get(name));
    }
    ordered.add(workspace);
  };
  list.forEach(visit);
  return [...ordered];
}
