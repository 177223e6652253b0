// Drives Chromium, Firefox and WebKit by the W3C's WebDriver (https://www.w3.org/TR/webdriver2/): the first and the last
// by the drivers that Debian has for them, Firefox directly, by the protocol that geckodriver would speak to it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const START = 60_000; // ms for a browser to start

// Each command: its method and path for a driver, and its name for Firefox.
const COMMANDS = {
  goto: ["POST", "/url", "WebDriver:Navigate"],
  url: ["GET", "/url", "WebDriver:GetCurrentURL"],
  script: ["POST", "/execute/async", "WebDriver:ExecuteAsyncScript"],
  find: ["POST", "/element", "WebDriver:FindElement"],
  click: ["POST", "/element/ID/click", "WebDriver:ElementClick"],
  frame: ["POST", "/frame", "WebDriver:SwitchToFrame"],
  create: ["POST", "/window/new", "WebDriver:NewWindow"],
  enter: ["POST", "/window", "WebDriver:SwitchToWindow"],
  handle: ["GET", "/window", "WebDriver:GetWindowHandle"],
  handles: ["GET", "/window/handles", "WebDriver:GetWindowHandles"],
  close: ["DELETE", "/window", "WebDriver:CloseWindow"],
  timeouts: ["POST", "/timeouts", "WebDriver:SetTimeouts"],
  picture: ["GET", "/screenshot", "WebDriver:TakeScreenshot"],
};

export const engines = {
  chromium: () => driven("chromedriver", ["--port=PORT"], {
    "goog:chromeOptions": { binary: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"] },
  }),
  firefox,
  webkit: () => driven("xvfb-run", ["--auto-servernum", "WebKitWebDriver", "--port=PORT"], {
    "webkitgtk:browserOptions": { binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", args: ["--automation"] },
  }),
};

/** A port that nothing listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a program in a process group of its own, which end() ends. */
function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], detached: true, ...options });
  const ended = once(child, "exit");
  let log = "";
  child.stderr.on("data", (text) => { log += text; });
  return {
    log: () => log,
    async end() {
      try { process.kill(-child.pid, "SIGTERM"); } catch { /* it has ended */ }
      await ended;
    },
  };
}

async function until(what, work) {
  for (const deadline = Date.now() + START; ;) {
    const result = await work().catch((error) => { if (Date.now() > deadline) throw new Error(what(), { cause: error }); });
    if (result !== undefined) return result;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** A browser behind a driver that speaks HTTP. */
async function driven(program, args, capabilities) {
  const port = await freePort();
  const driver = start(program, args.map((arg) => arg.replace("PORT", port)));
  const call = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: method === "POST" ? JSON.stringify(body ?? {}) : undefined });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await until(driver.log, () => call("GET", "/status"));
  const { sessionId } = await call("POST", "/session", { capabilities: { alwaysMatch: capabilities } });
  return browser((name, values = {}) => {
    const [method, path] = COMMANDS[name];
    return call(method, `/session/${sessionId}${path.replace("ID", values.id)}`, values);
  }, async () => {
    await call("DELETE", "/session/" + sessionId).catch(() => {});
    await driver.end();
  });
}

/** Firefox, over a TCP connection with messages "LENGTH:[0, id, command, values]". */
async function firefox() {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  writeFileSync(join(profile, "user.js"), `user_pref("marionette.port", 0);\nuser_pref("dom.disable_open_during_load", false);\n`);
  const program = start("firefox-esr", ["--headless", "--marionette", "--no-remote", "--profile", profile]);
  const socket = await until(program.log, async () => {
    const port = Number(readFileSync(join(profile, "MarionetteActivePort"), "utf8"));
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  });
  const waiting = new Map();
  let buffer = Buffer.alloc(0);
  socket.on("error", () => {}); // the browser has ended
  socket.on("data", (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (let colon; (colon = buffer.indexOf(":")) > 0;) {
      const end = colon + 1 + Number(buffer.subarray(0, colon));
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.subarray(colon + 1, end));
      buffer = buffer.subarray(end);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, value] = message;
      const { resolve, reject } = waiting.get(id);
      if (error) reject(new Error(`${error.error}: ${error.message}`));
      else resolve(value && Object.keys(value).length === 1 && "value" in value ? value.value : value);
    }
  });
  let last = 0;
  const send = (command, values = {}) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    const text = JSON.stringify([0, last, command, values]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
  await send("WebDriver:NewSession", { capabilities: { alwaysMatch: {} } });
  return browser((name, values) => send(COMMANDS[name][2], values), async () => {
    socket.destroy();
    await program.end();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}

/** What the tests need of a browser. */
async function browser(command, end) {
  await command("timeouts", { script: 30_000, pageLoad: 60_000 });
  const self = {
    end,
    goto: (url) => command("goto", { url }),
    url: () => command("url"),
    /** Runs a function in the page and returns what it resolves to. */
    async evaluate(work, ...args) {
      const script = `const done = arguments[arguments.length - 1];
        Promise.resolve((${work}).apply(null, Array.prototype.slice.call(arguments, 0, -1))).then((value) => done({ value }), (error) => done({ error: String(error) }))`;
      const { value, error } = await command("script", { script, args });
      if (error) throw new Error(error);
      return value;
    },
    /** Clicks, as a person does, on what a selector or a function in the page finds. */
    async click(what) {
      const element = typeof what === "string" ? await command("find", { using: "css selector", value: what }) : await self.evaluate(what);
      await command("click", { id: element[ELEMENT] });
    },
    /** Runs work inside the frame that a function in the page finds. */
    async within(frame, work) {
      await command("frame", { id: await self.evaluate(frame) });
      try {
        return await work();
      } finally {
        await command("frame", { id: null });
      }
    },
    /** Runs work with another window or tab in front, and comes back. */
    async inside(handle, work) {
      const before = await command("handle");
      await command("enter", { handle });
      try {
        return await work();
      } finally {
        await command("enter", { handle: before });
      }
    },
    handle: () => command("handle"),
    handles: () => command("handles"),
    tab: async () => (await command("create", { type: "tab" })).handle,
    close: () => command("close"),
    picture: async () => Buffer.from(await command("picture", { full: false }), "base64"),
  };
  return self;
}
