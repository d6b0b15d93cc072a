import type { Config, TopLevelSpec } from 'vega-lite';

/**
 * Colours told apart by people with any kind of colour blindness (Okabe and Ito 2008), of those that show on white and on
 * black. Nothing is said by colour alone: shapes, positions and texts say it too.
 */
export const PALETTE = ['#0072B2', '#E69F00', '#009E73', '#D55E00', '#56B4E9', '#CC79A7'] as const;
const SHAPES = ['circle', 'triangle-up', 'square', 'diamond', 'cross', 'triangle-down'] as const;

/** Width that charts are drawn for; pages fit them to the window. */
const CHART_WIDTH = 640;

/** Text and lines take the colour of the text around them, so that one drawing suits light and dark pages. */
const INK = 'currentColor';

/** Free space on the right, in pixels. */
const RIGHT_PADDING = 18;

/** Longest label beside an axis, in pixels: a signal of every chart, so that narrow pages can set it lower. */
const LABEL_ROOM = { name: 'labelRoom', value: 260 };

const CONFIG: Config = {
  // The text beside a chart says what it shows; a label on every point would be megabytes.
  aria: false,
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    gridColor: INK,
    gridOpacity: 0.12,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: { expr: LABEL_ROOM.name },
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    orient: 'top',
    labelFontSize: 11,
    titleFontSize: 11,
    symbolSize: 70,
    symbolBaseFillColor: INK,
    symbolBaseStrokeColor: INK,
  },
  // Labels at the right end have room to stick out; longer ones are left out, not cut.
  axisX: { labelBound: RIGHT_PADDING },
  header: { labelColor: INK, titleColor: INK },
  title: { color: INK, fontSize: 12, fontWeight: 'normal' },
  text: { color: INK },
  rule: { color: INK },
  range: { category: [...PALETTE], symbol: [...SHAPES] },
};

/** Id of a chart of one experiment: different for different names, whatever they hold. */
export const figureId = (kind: string, experiment: string): string =>
  `${kind}-${experiment.replaceAll(/[^\dA-Za-z]/gu, (sign) => `-${sign.codePointAt(0)?.toString(16)}-`)}`;

/** What one chart adds to the theme all of them share. */
type ChartBody = Omit<
  Extract<TopLevelSpec, { layer: unknown }>,
  '$schema' | 'config' | 'autosize' | 'width' | 'params' | 'padding'
>;

/** A chart in the common theme, as wide as it is given room. */
export const chart = (body: ChartBody): TopLevelSpec => ({
  ...body,
  padding: { left: 5, top: 5, right: RIGHT_PADDING, bottom: 5 },
  params: [LABEL_ROOM],
  width: CHART_WIDTH,
  autosize: { type: 'fit-x', contains: 'padding' },
  config: CONFIG,
});
