// The package as it is published: packed, and installed in a project of its own.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { here } from "./stage.mjs";

export const run = promisify(execFile);

/** Makes a project that has the package, and returns its folder. */
export async function project() {
  const root = mkdtempSync(join(tmpdir(), "pme-project-"));
  const home = join(root, "node_modules/@go-pme/pme");
  mkdirSync(home, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", root, here + "../../pages/assets"]);
  await run("tar", ["-xzf", join(root, stdout.trim()), "-C", home, "--strip-components=1"]);
  writeFileSync(join(root, "package.json"), `{ "type": "module" }`);
  return root;
}

/** Adds one of the packages of these tests to the project, also by another name. */
export function install(root, name, installed = name) {
  const path = join(root, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(here, "node_modules", installed), path);
}
