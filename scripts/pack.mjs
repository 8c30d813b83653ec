// `npm run pack`: writes every package as the tarball that would be published. Takes the folder; default: packed/.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pnpm } from "./pnpm.mjs";
import { root } from "./workspace.mjs";

/** Packs every package, or those named, into an emptied folder; gives the paths of the tarballs. */
export function pack(folder, names = ["*"]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const filters = names.flatMap((name) => ["--filter", `./packages/${name}`]);
  const done = pnpm(["--recursive", ...filters, "pack", "--pack-destination", folder], "pipe");
  if (done.status !== 0) throw new Error(`${done.stdout}${done.stderr}${done.error?.message ?? ""}`);
  return readdirSync(folder).map((file) => join(folder, file));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(pack(resolve(process.argv[2] ?? join(root, "packed"))).join("\n"));
}
