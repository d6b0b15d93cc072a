import type { ReportDocument } from '../document.js';

/** Drawn on white, for viewers that have no idea of the page around the picture. */
const onWhite = (svg: string): string => svg.replace('<svg ', '<svg style="background:#fff;color:#1b1f24" ');

/** The charts of a report as SVG files, by figure id. */
export async function drawFigures(document: ReportDocument): Promise<Readonly<Record<string, string>>> {
  const { drawSvg } = await import('./draw-svg.js');
  const svgs: Record<string, string> = {};
  for (const block of document)
    if (block.kind === 'figure') svgs[block.id] = `${onWhite(await drawSvg(block.spec))}\n`;
  return svgs;
}
