/**
 * What runs in the reader's browser. Each chart gets a table of what it shows, written when it is opened. Charts with a spec
 * are drawn again by Vega's runtime, with pointer and legend, once they come near the window, and follow its width. Without
 * scripts the page keeps its static drawings. Expressions are interpreted, not compiled, so the page needs no `eval`.
 */
export const CLIENT_SCRIPT = `
(() => {
  const { charts, rows } = JSON.parse(document.getElementById('charts').textContent);
  const widthOf = (chart) => Math.max(280, Math.min(760, chart.clientWidth));
  const labelRoom = (width) => (width < 480 ? 110 : 260);
  const withRows = (data) => (typeof data.values === 'number' ? { ...data, values: structuredClone(rows[data.values]) } : data);
  const draw = async (chart, spec) => {
    const holder = document.createElement('div');
    let width = widthOf(chart);
    const runtime = vega.parse({ ...spec, data: spec.data.map(withRows), width }, null, { ast: true });
    const view = new vega.View(runtime, { renderer: 'svg', hover: true, expr: expressionInterpreter, container: holder });
    await view.signal('labelRoom', labelRoom(width)).runAsync();
    chart.replaceChildren(holder);
    // Drawn in the next frame: a chart that changes its height while sizes are being observed would be observed again.
    new ResizeObserver(() => requestAnimationFrame(() => {
      if (widthOf(chart) === width) return;
      width = widthOf(chart);
      view.signal('labelRoom', labelRoom(width)).width(width).runAsync();
    })).observe(chart);
  };
  const add = (parent, name, text, attributes = {}) => {
    const element = parent.appendChild(document.createElement(name));
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const cell = (row, name, text, isNumber, attributes) =>
    add(row, name, text, { ...attributes, ...(isNumber && { class: 'number' }) });
  const writeTable = (parent, title, columns, lines) => {
    const scroll = add(parent, 'div', '', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title + ', data' });
    const table = add(scroll, 'table', '');
    add(table, 'caption', title);
    const head = add(add(table, 'thead', ''), 'tr', '');
    for (const [text, isNumber] of columns) cell(head, 'th', text, isNumber, { scope: 'col' });
    const body = add(table, 'tbody', '');
    for (const line of lines) {
      const row = add(body, 'tr', '');
      line.forEach((text, i) => cell(row, i === 0 ? 'th' : 'td', text, columns[i][1], i === 0 && { scope: 'row' }));
    }
  };
  const offerTable = (figure, chart) => {
    const details = add(figure, 'details', '', { class: 'data' });
    add(details, 'summary', 'Data of this chart');
    const title = figure.querySelector('figcaption').textContent;
    details.addEventListener('toggle', () => writeTable(details, title, chart.columns, rows[chart.rows]), { once: true });
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target, charts[target.parentElement.id].spec);
    }
  }, { rootMargin: '300px' });
  for (const [id, chart] of Object.entries(charts)) {
    const figure = document.getElementById(id);
    offerTable(figure, chart);
    if (chart.spec !== undefined) near.observe(figure.querySelector('.chart'));
  }
})();
`;
