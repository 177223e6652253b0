/** What GET /pme/models says of a space. */
export interface Space { id: string; name: string }

/** The spaces that the user may open. */
export async function listSpaces(): Promise<Space[]> {
  const response = await fetch("/pme/models", { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The spaces could not be listed (${response.status}).`);
  const { models } = await response.json() as { models: Space[] };
  return models;
}
