import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, rollup } from "rollup";
import webpack from "webpack";

/** A bundle of `entry.js` to make. */
export interface Bundle {
  /** The project's folder. */
  readonly project: string;
  readonly format: "esm" | "cjs";
  /** The packages that stay outside. */
  readonly external: readonly string[];
  /** The folder that the bundle goes to. */
  readonly folder: string;
  readonly minify: boolean;
}

/** What came of it: the file to import, and what the bundler warned of. */
export interface Built {
  readonly file: string;
  readonly warnings: readonly string[];
}

/** What is used of esbuild, which is there as a part of tsup. */
interface Esbuild {
  build(options: object): Promise<{ readonly warnings: readonly { readonly text: string }[] }>;
}
// Their declarations have the default export of a module, and TypeScript takes them for CommonJS.
const plugin = async (name: string, options?: object): Promise<Plugin> =>
  (await import(`@rollup/plugin-${name}`)).default(options);

const root = fileURLToPath(new URL("..", import.meta.url));
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup", { paths: [root] }))("esbuild") as Esbuild;

/** The bundlers as their users set them for Node, and no more; each rejects when the build has an error. */
export const bundlers = {
  async esbuild({ project, format, external, folder, minify }: Bundle): Promise<Built> {
    const outfile = join(folder, nameOf(format));
    const node = { bundle: true, platform: "node", format, minify, external, logLevel: "silent" };
    const { warnings } = await esbuild.build({ absWorkingDir: project, entryPoints: ["entry.js"], outfile, ...node });
    return { file: outfile, warnings: warnings.map(({ text }) => text) };
  },

  async webpack({ project, format, external, folder, minify }: Bundle): Promise<Built> {
    const module = format === "esm";
    const filename = nameOf(format);
    const compiler = webpack({
      context: project,
      entry: "./entry.js",
      target: "node20",
      mode: "production",
      devtool: false,
      experiments: { outputModule: module },
      externals: [...external],
      externalsType: module ? "import" : "commonjs",
      optimization: { minimize: minify },
      output: {
        path: folder,
        filename,
        chunkFilename: `[id].${filename}`,
        chunkFormat: module ? "module" : "commonjs",
        library: { type: module ? "module" : "commonjs2" },
      },
    });
    const stats = await new Promise<webpack.Stats>((resolve, reject) => {
      compiler.run((error, done) => (done ? resolve(done) : reject(error)));
    });
    await new Promise((resolve) => compiler.close(resolve));
    const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true });
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
    return { file: join(folder, filename), warnings: warnings.map(({ message }) => message) };
  },

  async rollup({ project, format, external, folder }: Bundle): Promise<Built> {
    const warnings: string[] = [];
    const build = await rollup({
      input: join(project, "entry.js"),
      external: [...external],
      plugins: [
        plugin("node-resolve", { preferBuiltins: true, exportConditions: ["node"] }),
        plugin("commonjs"),
        plugin("json"),
      ],
      onwarn: ({ message }) => warnings.push(message),
    });
    const [extension, kind] = format === "esm" ? (["mjs", "es"] as const) : (["cjs", "cjs"] as const);
    const names = { entryFileNames: `[name].${extension}`, chunkFileNames: `[name]-[hash].${extension}` };
    await build.write({ dir: folder, format: kind, ...names });
    await build.close();
    return { file: join(folder, `entry.${extension}`), warnings };
  },
};

function nameOf(format: Bundle["format"]): string {
  return format === "esm" ? "entry.mjs" : "entry.cjs";
}
