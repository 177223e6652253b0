// The package as bundlers and servers use it: packed, installed, built, and run.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { project, run } from "../packed.mjs";
import { OFFICE, here, showcase, stage } from "../stage.mjs";

const all = stage();
/** A project with an entry for bundlers. */
async function bundle() {
  const root = await project();
  const entry = join(root, "main.js");
  writeFileSync(entry, `import { configure, PMESpace } from "@go-pme/pme";
    configure({ endpoint: "/pme/" });
    document.body.append(Object.assign(document.createElement("pme-space"), { model: "${OFFICE}" }));
    window.bundled = document.querySelector("pme-space") instanceof PMESpace;`);
  return { root, entry, file: join(root, "out/bundle.js") };
}

const bundlers = {
  esbuild: ({ entry, file, root }) => esbuild.build({ entryPoints: [entry], outfile: file, bundle: true, format: "esm", absWorkingDir: root, logLevel: "error" }),
  async rollup({ entry, file, root }) {
    const pme = { name: "pme", resolveId: (id) => id === "@go-pme/pme" ? join(root, "node_modules/@go-pme/pme/pme.js") : null };
    const bundle = await rollup({ input: entry, plugins: [pme] });
    await bundle.write({ file, format: "es" });
  },
  vite: ({ entry, root }) => vite.build({
    root, configFile: false, logLevel: "error", build: { outDir: "out", target: "es2022", lib: { entry, formats: ["es"], fileName: () => "bundle.js" } },
  }),
  async webpack({ entry, root }) {
    const compiler = webpack({
      entry, context: root, mode: "production", target: ["web", "es2022"], experiments: { outputModule: true },
      output: { path: join(root, "out"), filename: "bundle.js", module: true },
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    assert.ok(!stats.hasErrors(), stats.toString());
  },
};

for (const [name, build] of Object.entries(bundlers)) {
  test(`a page that ${name} has bundled shows a space`, async (t) => {
    const made = await bundle();
    await build(made);
    const server = await all.serve(t);
    const visitor = await all.visitor(t, server);
    await visitor.context.route("**/assets/bundle.js", (route) => route.fulfill({ contentType: "text/javascript", body: readFileSync(made.file, "utf8") }));
    const page = await visitor.open("/blank");
    await page.evaluate(() => import("/assets/bundle.js"));
    await showcase(page);
    assert.equal(await page.evaluate(() => window.bundled), true);
    await visitor.wantClean();
  });
}

test("on a server, the package is imported and does nothing", async () => {
  const root = await project();
  const program = `import * as pme from "@go-pme/pme"; pme.define(); pme.configure({ endpoint: "/pme/" }); console.log(Object.keys(pme).join());`;
  writeFileSync(join(root, "server.js"), program);
  const { stdout } = await run(process.execPath, [join(root, "server.js")], { timeout: 20_000 });
  assert.equal(stdout.trim(), "PMEError,PMESpace,configure,createFetcher,define,signIn");
});

test("the package type-checks where it is installed", async () => {
  const root = await project();
  writeFileSync(join(root, "page.ts"), readFileSync(here + "types/page.ts"));
  const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--lib", "es2024,dom,dom.iterable"];
  await run(join(here, "node_modules/.bin/tsc"), [...options, join(root, "page.ts")]).catch((error) => assert.fail(error.stdout));
});
