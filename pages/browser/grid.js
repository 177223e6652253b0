// Arrow keys in a grid of links, whose columns the style makes.

/**
 * The link that a key leads to, or nothing.
 * @template {HTMLElement} T
 * @param {T[]} links in the order of reading
 * @param {T} from
 * @param {string} key
 * @param {boolean} rightToLeft
 * @returns {T | undefined}
 */
export function next(links, from, key, rightToLeft) {
  const at = links.indexOf(from);
  switch (key) {
    case "ArrowRight": return links[at + (rightToLeft ? -1 : 1)];
    case "ArrowLeft": return links[at + (rightToLeft ? 1 : -1)];
    case "Home": return links[0];
    case "End": return links.at(-1);
    case "ArrowDown": return nearest(links.slice(at + 1), from);
    case "ArrowUp": return nearest(links.slice(0, at).reverse(), from);
  }
}

/** Of the first row that is another one, the link that is closest across. @template {HTMLElement} T @param {T[]} links @param {T} from @returns {T | undefined} */
function nearest(links, from) {
  const { top, left } = from.getBoundingClientRect();
  let best, row, distance = Infinity;
  for (const link of links) {
    const place = link.getBoundingClientRect();
    if (Math.abs(place.top - top) < 2) continue;
    row ??= place.top;
    if (Math.abs(place.top - row) >= 2) break;
    if (Math.abs(place.left - left) < distance) [best, distance] = [link, Math.abs(place.left - left)];
  }
  return best;
}
