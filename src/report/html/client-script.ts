/**
 * What runs in the reader's browser: each chart is drawn again by Vega's runtime, with pointer and legend, once it comes near
 * the window, and follows the window's width. Without scripts the page keeps its static drawings. Expressions are
 * interpreted, not compiled, so the page needs no `eval`.
 */
export const CLIENT_SCRIPT = `
(() => {
  const specs = JSON.parse(document.getElementById('charts').textContent);
  const widthOf = (chart) => Math.max(280, Math.min(760, chart.clientWidth));
  const draw = async (chart, spec) => {
    const holder = document.createElement('div');
    const runtime = vega.parse({ ...spec, width: widthOf(chart) }, null, { ast: true });
    const view = new vega.View(runtime, { renderer: 'svg', hover: true, expr: expressionInterpreter, container: holder });
    await view.runAsync();
    chart.replaceChildren(holder);
    let width = widthOf(chart);
    new ResizeObserver(() => {
      if (widthOf(chart) === width) return;
      width = widthOf(chart);
      view.width(width).runAsync();
    }).observe(chart);
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target, specs[target.parentElement.id]);
    }
  }, { rootMargin: '300px' });
  for (const id of Object.keys(specs)) near.observe(document.getElementById(id).querySelector('.chart'));
})();
`;
