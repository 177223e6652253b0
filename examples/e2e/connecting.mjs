// What the tests of connected accounts have in common: what people do on the pages, and at "Matterport".
import assert from "node:assert/strict";
import { eventually } from "./stage.mjs";

export const ACCOUNTS = "/pme/connect/";

export const toMatterport = (page) => page.getByRole("button", { name: "Continue to Matterport" });
export const account = (page, label) => page.getByRole("region", { name: label, exact: true });

/** Does something that opens a window, and resolves to that. */
export async function popupOf(page, act) {
  const opened = page.waitForEvent("popup");
  await act();
  return opened;
}

/** The consent page in a window of its own, for a new account or the one that the form is about. */
export async function askMatterport(page, label) {
  if (label) await page.getByRole("textbox").fill(label);
  const consent = await popupOf(page, () => toMatterport(page).click());
  await consent.getByRole("heading", { name: /asks for access/ }).waitFor();
  return consent;
}

/** The owner of an account agrees. */
export async function allow(consent, owner = "Harbour Estates") {
  await consent.getByRole("radio", { name: owner }).check();
  await consent.getByRole("button", { name: "Allow" }).click({ noWaitAfter: true }); // the window may close soon
}

export const closes = (popup) => eventually(() => popup.isClosed(), "the popup's closing itself");

/** Connects an account on the page of accounts, and resolves to its part of that page. */
export async function connectOn(page, label, owner) {
  const popup = await askMatterport(page, label);
  await allow(popup, owner);
  await closes(popup);
  await eventually(() => account(page, label).isVisible(), "the connection on the page");
  return account(page, label);
}

/** Connects an account without any page. Resolves to the connection's ID. */
export async function connectAtOnce(visitor, { label = "Main", owner = "harbour" } = {}) {
  const { site } = visitor.server;
  const { request } = visitor.context;
  const begun = await request.post(site + "/pme/connect", { form: { label }, headers: { Accept: "application/json" } });
  const to = new URL((await begun.json()).authorize_url);
  const form = new URLSearchParams(to.search);
  for (const [name, value] of [["account", owner], ["grant", "ViewDetails"], ["grant", "PurchaseAssets"], ["decision", "allow"]]) form.append(name, value);
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const done = await request.post(to.origin + to.pathname, { data: form.toString(), headers });
  assert.ok(done.ok(), await done.text());
  return new URL(done.url()).searchParams.get("connection");
}

/** Opens the model selector of a connection. */
export async function chooseSpaces(page, section) {
  await section.getByRole("button", { name: "Choose spaces" }).click();
  const dialog = page.getByRole("dialog", { name: "Choose spaces" });
  await dialog.waitFor();
  const selector = page.frameLocator("dialog iframe");
  return { dialog, selector };
}

/** What the server says is connected. */
export async function status(visitor) {
  const answer = await visitor.context.request.get(visitor.server.site + "/pme/connect");
  return (await answer.json()).connections;
}

/** The owner of an account withdraws what was allowed, in a tab of their own. */
export async function withdraw(visitor, id = "harbour") {
  const page = await visitor.open(`/account/${id}/applications`, visitor.server.emulator);
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByText("No application has access").waitFor();
  await page.close();
}
