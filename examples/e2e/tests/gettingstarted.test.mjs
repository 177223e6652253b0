// The commands and files of docs/getting-started.md, from an empty folder to a space in a host's page.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { test } from "node:test";
import { OFFICE, becomes, here, stage } from "../stage.mjs";
import { freePort } from "../webdriver.mjs";

const MOST_LINES = 20;

const all = stage();

/** The document's blocks: what is said in the comment before each, its language and its text. */
function blocks(document) {
  const found = [];
  const pattern = /(?:<!-- (run|background|file: (\S+)) -->\n)?```(\w*)\n([\s\S]*?)```/g;
  for (const [, mark, file, language, text] of document.matchAll(pattern)) found.push({ mark, file, language, text });
  return found;
}

/** Applies a patch without line numbers: the lines of each part are in the file exactly once. */
function patched(text, patch) {
  let added = 0;
  for (const part of patch.split("@@\n")) {
    const lines = part.trimEnd().split("\n");
    const before = lines.filter((line) => !line.startsWith("+")).map((line) => line.slice(1)).join("\n") + "\n";
    const after = lines.filter((line) => !line.startsWith("-")).map((line) => line.slice(1)).join("\n") + "\n";
    assert.equal(text.split(before).length, 2, `these lines are in main.go once:\n${before}`);
    text = text.replace(before, () => after);
    added += lines.filter((line) => /^\+./.test(line)).length - lines.filter((line) => /^-./.test(line)).length;
  }
  return { text, added };
}

/** Runs a command of the document until the test is over. */
function background(t, command, options) {
  const child = spawn("bash", ["-euc", command], { stdio: ["ignore", "inherit", "pipe"], detached: true, ...options });
  const ended = once(child, "exit");
  let log = "";
  child.stderr.on("data", (text) => { log += text; });
  t.after(async () => {
    try { process.kill(-child.pid, "SIGTERM"); } catch { /* it has ended */ }
    await ended;
  });
  return { log: () => log, isOver: () => child.exitCode !== null };
}

async function until(what, holds) {
  const deadline = Date.now() + 240_000;
  while (!await holds()) {
    assert.ok(Date.now() < deadline, what());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("the commands of docs/getting-started.md lead to a space", async (t) => {
  const root = join(here, "../..");
  const work = mkdtempSync(join(tmpdir(), "getting-started-"));
  t.after(() => rmSync(work, { recursive: true, force: true }));
  symlinkSync(root, join(work, "pme"));
  const dir = join(work, "intranet");
  mkdirSync(dir);
  const port = await freePort();
  const site = `http://127.0.0.1:${port}`;
  const options = { cwd: dir, env: { ...process.env, GOWORK: "off", GOFLAGS: "-mod=mod", ADDR: `127.0.0.1:${port}` } };

  let added = 0;
  let server;
  const found = blocks(readFileSync(join(root, "docs/getting-started.md"), "utf8"));
  const patches = found.filter((block) => block.language === "diff");
  const main = () => readFileSync(join(dir, "main.go"), "utf8");
  for (const block of found) {
    if (block.file) {
      writeFileSync(join(dir, block.file), block.text);
    } else if (block.mark === "background" || block.text.includes("go run .")) {
      // What is said after this is applied first: a reader can stop here, and the test tries the whole.
      while (patches.length) {
        const result = patched(main(), patches.shift().text);
        added += result.added;
        writeFileSync(join(dir, "main.go"), result.text);
      }
      const running = background(t, block.text, options);
      if (block.mark === "run") server = running;
      else await until(running.log, () => existsSync(join(dir, "emulator.env")) && readFileSync(join(dir, "emulator.env"), "utf8").includes("SDK_KEY"));
    } else if (block.mark === "run") {
      execFileSync("bash", ["-euc", block.text], { ...options, stdio: ["ignore", "ignore", "inherit"] });
    }
  }
  assert.equal(execFileSync("gofmt", ["-l", dir]).toString(), "", "main.go is formatted");
  console.log(`# lines added to the host: ${added}`);
  assert.ok(added <= MOST_LINES, `${added} lines`);
  await until(server.log, async () => {
    assert.ok(!server.isOver(), server.log());
    return fetch(site + "/login").then((answer) => answer.ok, () => false);
  });

  const context = await all.browser.newContext({ viewport: { width: 1000, height: 640 } });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(site + "/pme/");
  assert.equal(page.url(), site + "/login?next=%2Fpme%2F", "a visitor is led to the login");
  await page.fill("[name=user]", "alice");
  await page.click("button");
  assert.equal(page.url(), site + "/pme/", "and back");
  await page.goto(site + "/");
  const space = page.locator("pme-space");
  await becomes(page, "live");
  const { width, height } = await space.boundingBox();
  console.log(`# the space is ${width} by ${height}`);
  assert.ok(Math.abs(width / height - 16 / 9) < 0.01 && width > 700, `${width} by ${height}`);
  mkdirSync(join(here, "artifacts"), { recursive: true });
  for (const frame of page.frames()) await frame.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished)));
  await page.screenshot({ path: join(here, "artifacts/getting-started.jpg"), type: "jpeg", quality: 85 });

  await page.goto(site + "/logout");
  assert.equal((await context.request.get(site + "/pme/token?modelId=" + OFFICE)).status(), 401, "signed out");
});
