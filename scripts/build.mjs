// Builds every package and example: JavaScript with tsup, and the declarations of all packages in one TypeScript
// program, because tsup's own `dts` starts one per package. `--if-changed` does nothing while the last build still fits.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { build as tsup } from "tsup";
import ts from "typescript";
import { inDependencyOrder, root, workspaces } from "./workspace.mjs";

// The other packages may import types of node:* and nothing more; `neutral` refuses the rest.
const nodePackages = new Set(["@portico/node", "@portico/services", "@portico/testing"]);
const stampFile = join(root, "node_modules/.cache/portico-build");
const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

const all = inDependencyOrder(workspaces());
const stamp = fingerprint();
if (process.argv.includes("--if-changed") && isBuilt()) process.exit(0);

console.log("building ...");
const start = performance.now();
rmSync(stampFile, { force: true });
const missing = all.flatMap(({ folder, entries }) =>
  entries.filter(({ source }) => !existsSync(join(root, folder, source))).map(({ source }) => join(folder, source)),
);
const failures = missing.map((file) => `${file}: named in exports, does not exist`);

for (const workspace of all) await buildJavaScript(workspace);
const built = performance.now();
failures.push(...buildDeclarations(all.filter(({ manifest }) => !manifest.private)));

if (failures.length > 0) {
  console.error(`build failed:\n${failures.map((failure) => `  ${failure}`).join("\n")}`);
  process.exit(1);
}
mkdirSync(dirname(stampFile), { recursive: true });
writeFileSync(stampFile, stamp);
console.log(`built ${all.length} packages in ${seconds(start)} (declarations ${seconds(built)})`);

async function buildJavaScript({ name, folder, entries, manifest }) {
  const entry = Object.fromEntries(
    entries
      .filter(({ source }) => existsSync(join(root, folder, source)))
      .map(({ source, output }) => [relative("dist", output).replace(/\.js$/, ""), join(root, folder, source)]),
  );
  const outDir = join(root, folder, "dist");
  rmSync(outDir, { recursive: true, force: true });
  if (Object.keys(entry).length === 0) return;
  try {
    process.chdir(join(root, folder)); // tsup reads which imports are external from the package.json it stands in
    await tsup({
      entry,
      outDir,
      config: false,
      silent: true,
      format: "esm",
      target: "node20",
      platform: manifest.private || nodePackages.has(name) ? "node" : "neutral",
      splitting: true,
      sourcemap: true,
      treeshake: true,
      removeNodeProtocol: false,
    });
  } catch (error) {
    failures.push(`${folder}: ${error.message}`);
  } finally {
    process.chdir(root);
  }
}

/** Emits `src/a.ts` as `dist/a.d.ts` with a map to the published source. Types are checked by `typecheck`, not here. */
function buildDeclarations(packages) {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.json"),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} },
  );
  const rootNames = packages
    .flatMap(({ folder, entries }) => entries.map(({ source }) => join(root, folder, source)))
    .filter((file) => existsSync(file));
  const program = ts.createProgram({
    rootNames,
    options: { ...config.options, noEmit: false, declaration: true, declarationMap: true, emitDeclarationOnly: true },
  });
  const { diagnostics } = program.emit(undefined, (file, text) => {
    const [, folder, path] = /^(packages\/[^/]+)\/src\/(.+)$/.exec(relative(root, file)) ?? [];
    if (folder === undefined) return;
    const output = join(root, folder, "dist", path);
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, path.endsWith(".map") ? mapToSource(text, join(root, folder, "src", path), output) : text);
  });
  for (const { folder, entries } of packages) {
    for (const { requireTypes } of entries.filter((entry) => entry.requireTypes)) {
      writeFileSync(join(root, folder, requireTypes), requireDeclaration(requireTypes));
    }
  }
  return [...program.getSyntacticDiagnostics(), ...diagnostics].map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    if (!diagnostic.file) return text;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    return `${relative(root, diagnostic.file.fileName)}:${line + 1}: ${text}`;
  });
}

/**
 * The declarations for CommonJS under `node16`, which takes every `.d.ts` of an ES module for one that cannot be required. Node 20.19
 * can; TypeScript says so itself only under `nodenext`, from 5.8 on.
 */
function requireDeclaration(file) {
  return `// @ts-ignore Node 20.19 and later require ES modules.\nexport * from "./${basename(file, ".d.cts")}.js";\n`;
}

function mapToSource(text, emittedAt, output) {
  const map = JSON.parse(text);
  map.sources = map.sources.map((source) => relative(dirname(output), join(dirname(emittedAt), source)));
  return JSON.stringify(map);
}

function isBuilt() {
  return (
    existsSync(stampFile) &&
    readFileSync(stampFile, "utf8") === stamp &&
    all.every(({ folder, entries }) =>
      entries.every(({ output, requireTypes = output }) =>
        [output, requireTypes].every((file) => existsSync(join(root, folder, file))),
      ),
    )
  );
}

/** A hash of everything that the build reads. */
function fingerprint() {
  const hash = createHash("sha256");
  const sources = all.flatMap(({ folder }) => [
    `${folder}/package.json`,
    ...(existsSync(join(root, folder, "src")) ? readdirSync(join(root, folder, "src"), { recursive: true }) : [])
      .filter((path) => path.endsWith(".ts") && !path.includes(".test"))
      .map((path) => `${folder}/src/${path}`)
      .sort(),
  ]);
  for (const file of ["tsconfig.json", "pnpm-lock.yaml", "scripts/build.mjs", "scripts/workspace.mjs", ...sources]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}
