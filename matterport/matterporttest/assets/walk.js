// The visitor of the stand-in Showcase: where they stand, where they look, and how they walk. The sweeps
// form a ring. Forward leads to the next sweep and back to the previous one, wherever the visitor looks.
"use strict";

// Angles are in degrees, as in the SDK, but for those in sr, which are in radians.
const visitor = (() => {
  const step = 30;       // degrees of one turn
  const walkingTime = 200; // ms between two sweeps
  const { dataset } = document.body;
  const address = new URLSearchParams(location.search);
  const sweeps = dataset.sweeps.split(" ");
  const listeners = new Set();

  let at = (parseInt(address.get("ss"), 10) || 1) - 1;
  if (!sweeps[at]) at = 0;
  let { pitch, yaw } = looking(address.get("sr") ?? "");
  let walking; // { to, timer } on the way to another sweep
  if (address.has("start")) dataset.start = address.get("start");

  // sr holds x and y of Euler angles in the order XYZ, without the roll. The SDK's rotation is in the order
  // YXZ. Both name one direction of view.
  function looking(sr) {
    const [x = 0, y = 0] = sr.split(",").map((text) => text === "" ? 0 : parseFloat(text));
    if (!Number.isFinite(x + y)) return { pitch: 0, yaw: 0 };
    return {
      pitch: degrees(Math.asin(Math.sin(x) * Math.cos(y))),
      yaw: degrees(Math.atan2(Math.sin(y), Math.cos(x) * Math.cos(y))),
    };
  }

  function sr() {
    const [p, q] = [radians(pitch), radians(yaw)];
    return pack([Math.atan2(Math.sin(p), Math.cos(q) * Math.cos(p)), Math.asin(Math.sin(q) * Math.cos(p))]);
  }

  // Writes numbers as Showcase does: two digits, no zero before the point, and nothing for a zero.
  function pack(numbers) {
    const text = (number) => String(Number(number.toFixed(2))).replace(/^(-?)0\./, "$1.").replace(/^0$/, "");
    return numbers.map(text).join(",").replace(/,+$/, "");
  }

  function position(index) {
    const angle = index * 2 * Math.PI / sweeps.length;
    return { x: 3 * Math.sin(angle), y: 1.6, z: -3 * Math.cos(angle) };
  }

  function pose() {
    const rotation = { x: pitch, y: yaw };
    return { position: position(at), rotation, projection: projection(), sweep: sweeps[at], mode: "mode.inside" };
  }

  // A perspective of 75 degrees, in rows.
  function projection() {
    const near = 0.1, far = 100, height = 1 / Math.tan(radians(75) / 2);
    return new Float32Array([
      height * innerHeight / (innerWidth || 1), 0, 0, 0,
      0, height, 0, 0,
      0, 0, (far + near) / (near - far), 2 * far * near / (near - far),
      0, 0, -1, 0,
    ]);
  }

  // Between two sweeps there is no current one, and the SDK's answer is an empty one.
  function sweep() {
    const id = walking ? "" : sweeps[at];
    const of = {
      uuid: id, sid: id, id, enabled: !walking, alignmentType: "aligned", placementType: walking ? "unplaced" : "auto",
      neighbors: [], position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0 }, puckPosition: { x: 0, y: 0, z: 0 },
      floorInfo: { id: undefined, sequence: undefined }, roomInfo: { id: undefined },
    };
    if (walking) return of;
    return {
      ...of,
      neighbors: [sweeps[next(-1)], sweeps[next(1)]],
      position: position(at), puckPosition: { ...position(at), y: 0 }, floorInfo: { id: "floor", sequence: 0 },
    };
  }

  // The address of the frame with the place in it, and with start if it had one. Showcase gives it back decoded. A token never
  // goes along.
  function deepLink() {
    const link = new URL(location.href);
    link.hash = "";
    for (const name of ["auth", "sm", "sp", "sq", "sr", "ss", "sf", "sz"]) link.searchParams.delete(name);
    link.searchParams.set("ss", at + 1);
    link.searchParams.set("sr", sr());
    return decodeURIComponent(link.href);
  }

  function next(by) {
    return (at + by + sweeps.length) % sweeps.length;
  }

  // A second step ends the first one at once.
  function walk(by) {
    arrive();
    walking = { to: next(by), timer: setTimeout(arrive, walkingTime) };
    tell("Sweep.current");
  }

  function arrive() {
    if (!walking) return;
    clearTimeout(walking.timer);
    at = walking.to;
    walking = undefined;
    show();
    tell("Camera.pose");
    tell("Sweep.current");
  }

  function turn(by) {
    yaw = (yaw + by + 540) % 360 - 180;
    show();
    tell("Camera.pose");
  }

  function tell(key) {
    for (const listener of listeners) listener(key);
  }

  function show() {
    const left = Math.round(yaw), element = (id) => document.getElementById(id);
    Object.assign(dataset, { sweep: at + 1, sweepId: sweeps[at], rotation: sr() });
    const facing = left ? `${Math.abs(left)}° to the ${left > 0 ? "left" : "right"}` : "straight ahead";
    element("where").textContent = `Sweep ${at + 1} of ${sweeps.length}, facing ${facing}`;
    element("sweep").textContent = sweeps[at];
    element("rotation").textContent = `${Math.round(pitch)}°, ${left}°`;
    const { x, z } = position(at);
    element("marker").setAttribute("transform", `translate(${12 * x} ${12 * z}) rotate(${-yaw})`);
    document.documentElement.style.setProperty("--turn", Math.sin(radians(yaw)).toFixed(3));
    document.documentElement.style.setProperty("--sweep", at);
  }

  const steps = { forward: () => walk(1), back: () => walk(-1), left: () => turn(step), right: () => turn(-step) };
  const keys = { ArrowUp: "forward", ArrowDown: "back", ArrowLeft: "left", ArrowRight: "right" };
  const stage = document.getElementById("stage");
  const controls = document.getElementById("controls");

  for (const button of controls.querySelectorAll("button")) button.addEventListener("click", steps[button.dataset.step]);
  addEventListener("keydown", (event) => {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (stage.inert || !Object.hasOwn(keys, key) || altKey || ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    steps[keys[key]]();
  });
  show();

  return {
    observables: { "Camera.pose": pose, "Sweep.current": sweep },
    deepLink,
    /** Calls listener with the key of each observable that has changed. */
    listen: (listener) => listeners.add(listener),
    /** Whether the visitor may walk: only where there is something to see. */
    allow(yes) { stage.inert = controls.inert = !yes; },
  };

  function degrees(angle) { return angle * 180 / Math.PI; }
  function radians(angle) { return angle * Math.PI / 180; }
})();
