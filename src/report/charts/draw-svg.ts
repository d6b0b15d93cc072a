import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { slimSvg } from './slim-svg.js';

/** Vega-Lite's remarks are about its own layout choices, and only the command line touches the console. */
const SILENT = vega.logger(vega.None);

/** The Vega form of a chart, which Vega's runtime draws without Vega-Lite. */
export const vegaSpec = (spec: TopLevelSpec): vega.Spec => compile(spec, { logger: SILENT }).spec;

/** A chart as SVG text: equal specs give equal bytes. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(vegaSpec(spec)), { renderer: 'none' });
  try {
    return slimSvg(await view.toSVG());
  } finally {
    view.finalize();
  }
}
