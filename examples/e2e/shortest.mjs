// How long a visitor waits for a space, compared with a floor page that has everything written into it:
//
//	npm run pretest && node shortest.mjs
//
// It prints medians from navigation to pme-ready, with a slowed CPU and two networks, and their ratios to the floor.
// All answers are compressed, those of the floor too.
//
// The SDK sends its first message to the frame 500 ms after connect is called, and repeats it every 500 ms. So a frame that
// is ready a little late costs half a second, on the floor as well: with slow 3G the floor misses the first message,
// and a page whose token comes later does not. With fast 3G, what is left is the module: 10 KB on the line (50 ms), its
// evaluation, and for the page of a space its longer head, its style and the drawing of its title.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { OFFICE, SERVER, here } from "./stage.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const NETWORKS = {
  "fast 3G": { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 },
  "slow 3G": { latency: 400, downloadThroughput: 400e3 / 8, uploadThroughput: 400e3 / 8 },
};

const server = spawn(SERVER, ["-sdk", "own", "-compress"], { cwd: here, stdio: ["ignore", "pipe", "inherit"] });
const [line] = await once(createInterface(server.stdout), "line");
const { site } = JSON.parse(line);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-features=LocalNetworkAccessChecks"],
});

/** Milliseconds from navigation to a live space, with nothing in the cache. */
async function wait(path, network) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 720 } });
  await context.request.post(site + "/login", { form: { user: "alice", next: "/blank" } });
  await context.addInitScript(() => addEventListener("pme-ready", () => { window.ready = performance.now(); }));
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, ...network });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(site + path);
  const took = await page.waitForFunction(() => window.ready, null, { timeout: 120_000, polling: 50 });
  const ms = await took.jsonValue();
  await context.close();
  return ms;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const pages = { "floor": "/floor", "view page": "/pme/view/" + OFFICE, "element in a host's page": "/element" };
for (const [name, network] of Object.entries(NETWORKS)) {
  const took = Object.fromEntries(Object.keys(pages).map((page) => [page, []]));
  for (let round = 0; round < ROUNDS; round++) for (const [page, path] of Object.entries(pages)) took[page].push(await wait(path, network));
  for (const page of Object.keys(pages)) {
    console.log(`${name}: ${page}: ${Math.round(median(took[page]))} ms, ${(median(took[page]) / median(took.floor)).toFixed(2)}`);
  }
}
await browser.close();
server.kill("SIGTERM");
