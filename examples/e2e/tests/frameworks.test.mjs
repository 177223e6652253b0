// <pme-space> in the templates of frameworks: real files are type-checked where the published package is installed.
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { install, project, run } from "../packed.mjs";
import { here } from "../stage.mjs";

const compilerOptions = {
  strict: true, noEmit: true, skipLibCheck: false, target: "es2023", module: "esnext", moduleResolution: "bundler",
  lib: ["es2024", "dom", "dom.iterable"], types: [], verbatimModuleSyntax: true,
};

const jsx = (source) => ({ jsx: "react-jsx", jsxImportSource: source });

const frameworks = {
  "React 19": { file: "react.tsx", packages: { "@types/react": "@types/react" }, options: jsx("react") },
  "React 18": { file: "react.tsx", packages: { "@types/react": "types-react18" }, options: jsx("react") },
  "React 18, without the new transform": { file: "react.tsx", packages: { "@types/react": "types-react18" }, options: { jsx: "react", allowUmdGlobalAccess: true } },
  Preact: { file: "preact.tsx", packages: { preact: "preact" }, options: jsx("preact") },
  Solid: { file: "solid.tsx", packages: { "solid-js": "solid-js" }, options: { jsx: "preserve", jsxImportSource: "solid-js" } },
  Vue: { file: "vue.vue", packages: { vue: "vue" }, options: { jsx: "preserve" }, checker: "vue-tsc" },
};

for (const [name, { file, packages, options, checker = "tsc" }] of Object.entries(frameworks)) {
  test(`${name} knows the element's attributes and events, and refuses others`, async () => {
    const root = await project();
    for (const [at, installed] of Object.entries(packages)) install(root, at, installed);
    copyFileSync(join(here, "types/frameworks", file), join(root, file));
    const vueCompilerOptions = { strictTemplates: true };
    writeFileSync(join(root, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...compilerOptions, ...options }, vueCompilerOptions, include: [file] }));
    await run(join(here, "node_modules/.bin", checker), ["-p", root]).catch((error) => assert.fail(error.stdout || error));
  });
}

test("the entries of all frameworks are one module", async () => {
  const root = await project();
  const program = `const all = await Promise.all(["", "/react", "/preact", "/solid", "/vue"].map((entry) => import("@go-pme/pme" + entry)));
    console.log(new Set(all).size);`;
  writeFileSync(join(root, "server.js"), program);
  const { stdout } = await run(process.execPath, [join(root, "server.js")], { timeout: 20_000 });
  assert.equal(stdout.trim(), "1");
});
