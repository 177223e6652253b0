// Small scenes: a blank page with a space, on a site of its own.
import { eventually } from "./stage.mjs";

export const SHOWROOM = "JGPnGQ6hosj";

/** A blank page of a new visitor to a new site. before may prepare the browser. */
export async function blank(all, t, { before, ...options } = {}) {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, options);
  await before?.(visitor, server);
  return { server, visitor, page: await visitor.open("/blank") };
}

export const says = (page, text) => eventually(async () =>
  (await page.locator("pme-space [role=status]").first().textContent()).includes(text), `"${text}"`);

export const consoles = (visitor, pattern) => eventually(() => visitor.console.some((text) => pattern.test(text)), `${pattern} on the console`);

/** A page with headers of its own. */
export const withHeaders = (headers) => async (visitor, server) => {
  await visitor.context.route("**/blank", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), ...headers(server) } });
  });
};
