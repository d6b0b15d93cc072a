import type { AllReduceFit, MoeFit, SamplerFit } from '../../fit/kernels/kernel-fit-result.js';
import { heading, paragraph, right, table, type Block } from '../document.js';
import { count, significant } from '../format.js';
import { errorTable } from './error-rows.js';
import { operatorSection } from './operator-section.js';
import { rowAccount } from './row-account.js';

const EXPERT_SYMBOLS =
  'T tokens, A active experts, k experts per token, d hidden size, f expert width, tp tensor-parallel size, w bytes ' +
  'per weight; BW and F as above.';

/** Fused experts: how well the tables of swept layers do, then the rule for layers without one. */
export const expertsSection = (moe: MoeFit | undefined): Block[] =>
  moe === undefined
    ? []
    : [
        heading(2, 'fused experts'),
        paragraph(
          `Tables of swept layers: ${moe.shapes.length} (${moe.routing.replace(' ', '-')} routing); ${significant(moe.launchUs)} µs per launch.`,
        ),
        ...errorTable('errors', [
          { name: 'tables at their rows', errors: moe.fitted },
          { name: 'tables between their knots', errors: moe.betweenKnots },
          { name: 'layer left out, priced from the nearest', errors: moe.fromNearestShape },
        ]),
        ...rowAccount(`${moe.rowsUsed} rows, release ${moe.release}`, moe.dropped),
        ...moe.fallbacks.flatMap(({ fit }) => operatorSection(3, fit, EXPERT_SYMBOLS)),
      ];

function knotTable({ knots, interpolated }: AllReduceFit): Block[] {
  const rows = Object.entries(knots).map(([size, { elements, us }]) => [
    `${size}${interpolated.includes(Number(size)) ? ' (interpolated)' : ''}`,
    count(elements.length),
    `${count(elements[0])}–${count(elements.at(-1))}`,
    `${significant(us[0])}–${significant(us.at(-1))}`,
  ]);
  return table([right('GPUs'), right('sizes'), right('elements'), right('µs')], rows);
}

/** All-reduce: the tables by number of GPUs, and how well a missing one would be interpolated. */
export const allReduceSection = (fit: AllReduceFit | undefined): Block[] =>
  fit === undefined
    ? []
    : [
        heading(2, 'all-reduce'),
        paragraph(
          'Times by message size, in a CUDA graph' +
            (fit.lowered === 0 ? '.' : `; ${fit.lowered} lowered because a larger message was cheaper.`),
        ),
        ...knotTable(fit),
        ...errorTable('errors', [{ name: 'each number of GPUs from the others', errors: fit.heldOut }]),
        ...rowAccount(`${fit.rowsUsed} rows, release ${fit.release}`, fit.dropped),
      ];

/** Sampling: one ratio. */
export const samplerSection = (fit: SamplerFit | undefined): Block[] =>
  fit === undefined
    ? []
    : [
        heading(2, 'sampler'),
        paragraph(
          `${significant(fit.scale)} times the H100's cost per logit, from ${fit.rowsUsed} rows, release ${fit.release}.`,
        ),
        ...errorTable('errors', [{ name: 'fitted', errors: fit.fitted }]),
      ];
