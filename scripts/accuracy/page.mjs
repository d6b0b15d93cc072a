// A page of sections between markers, so that sections that are not rendered this time keep what was committed.
import { stamp } from './stamp.mjs';

const marker = (name) => `<!-- section: ${name} -->`;

/** What a section holds in a page; '' when the page does not have it yet. */
function committed(page, name) {
  const from = page.indexOf(marker(name));
  if (from < 0) return '';
  const start = from + marker(name).length;
  const end = page.indexOf('<!-- section: ', start);
  return page.slice(start, end < 0 ? undefined : end).trim();
}

/** A slow section ends with the stamp of what it was made from. */
async function rendered(section, inputs) {
  const body = (await section.render(inputs)).trim();
  return section.slow === true ? `${body}\n\n${stamp()}` : body;
}

/** Names of slow sections whose stamp is not that of today's inputs. */
export const staleSections = (sections, page) =>
  sections
    .filter((section) => section.slow === true && !committed(page, section.name).endsWith(stamp()))
    .map((section) => section.name);

/** The page with every section that `isWanted` rendered anew, in the order of `sections`. */
export async function renderPage(title, sections, before, inputs, isWanted) {
  const bodies = [];
  for (const section of sections) {
    const body = isWanted(section) ? await rendered(section, inputs) : committed(before, section.name);
    bodies.push(`${marker(section.name)}

${body}`);
  }
  return `# ${title}\n\n${bodies.join('\n\n')}\n`;
}
