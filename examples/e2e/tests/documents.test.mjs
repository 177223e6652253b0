// The scripts in the documents: the compiler knows every name in them, and its type.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { here } from "../stage.mjs";

const root = join(here, "../..");
const dir = join(here, "artifacts/documents");

/** Returns what the compiler says about the scripts. */
function check(scripts) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "sdk.d.ts"), `declare module "https://*" { export const connect: typeof import("@matterport/webcomponent").connect; }`);
  writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({
    compilerOptions: {
      noEmit: true, allowJs: true, checkJs: true, skipLibCheck: true, target: "es2022", module: "esnext", moduleResolution: "bundler",
      paths: { "$pme/*": [join(root, "pages/assets/*")], "@go-pme/pme": [join(root, "pages/assets/pme.d.ts")] },
    },
    include: ["*"],
  }));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(dir, name), text.replaceAll('"/pme/', '"$pme/')); // the compiler takes an address for a file
  }
  const { stdout, status } = spawnSync(join(here, "node_modules/.bin/tsc"), { cwd: dir, encoding: "utf8" });
  return status === 0 ? "" : stdout;
}

test("the scripts in the documents have no unknown names", () => {
  const scripts = {};
  for (const name of ["README.md", "SECURITY.md", ...readdirSync(join(root, "docs")).map((file) => "docs/" + file)]) {
    if (!name.endsWith(".md")) continue;
    const blocks = readFileSync(join(root, name), "utf8").matchAll(/```js\n([\s\S]*?)```/g);
    for (const [index, block] of [...blocks].entries()) scripts[`${name.replace("/", "-")}-${index}.mjs`] = block[1];
  }
  assert.ok(Object.keys(scripts).length > 0);
  assert.equal(check(scripts), "");
});

test("an unknown name is found", () => {
  assert.match(check({ "a.mjs": `import { createFetcher } from "/pme/pme.js";\nawait connect(createFetcher({ model: 1 }));\n` }),
    /a.mjs\(2,7\): error TS2304: Cannot find name 'connect'[\s\S]*Type 'number' is not assignable/);
});
