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
export function renderPage(title, sections, before, inputs, isWanted) {
  const bodies = sections.map((section) => {
    const body = isWanted(section) ? section.render(inputs).trim() : committed(before, section.name);
    return `${marker(section.name)}\n\n${body}`;
  });
  return `# ${title}\n\n${bodies.join('\n\n')}\n`;
}
