// A page of sections between markers, so that sections that are not rendered this time keep what was committed.
const marker = (name) => `<!-- section: ${name} -->`;

/** What a section holds in a page; '' when the page does not have it yet. */
function committed(page, name) {
  const from = page.indexOf(marker(name));
  if (from < 0) return '';
  const start = from + marker(name).length;
  const end = page.indexOf('<!-- section: ', start);
  return page.slice(start, end < 0 ? undefined : end).trim();
}

/** The page with every section that `isWanted` rendered anew, in the order of `sections`. */
export async function renderPage(title, sections, before, inputs, isWanted) {
  const bodies = [];
  for (const section of sections) {
    const body = isWanted(section) ? await section.render(inputs) : committed(before, section.name);
    bodies.push(`${marker(section.name)}\n\n${body.trim()}`);
  }
  return `# ${title}\n\n${bodies.join('\n\n')}\n`;
}
