import type { KernelFitResult } from '../../fit/kernels/kernel-fit-result.js';
import { heading, left, list, paragraph, right, table, type Block } from '../document.js';
import { count, pct } from '../format.js';

/** What a simulator does without a family's rows, by field of the result. */
const WITHOUT: Readonly<Record<'gemmFp8' | 'prefillAttention' | 'moe' | 'allReduce' | 'sampler', string>> = {
  gemmFp8: 'FP8 products: FP8 weights are priced as 16-bit products of half the bytes',
  prefillAttention: "prefill attention: priced at the data sheet's peak",
  moe: "fused experts: launches as on the H100, weights at 83 % of the data sheet's bandwidth",
  allReduce: 'all-reduce: tensor parallelism cannot be priced',
  sampler: 'sampling: scaled from published figures of the H100',
};

const FAMILIES = ['gemmFp8', 'prefillAttention', 'moe', 'allReduce', 'sampler'] as const;

function missingFamilies(result: KernelFitResult): Block[] {
  const missing = FAMILIES.filter((family) => result[family] === undefined);
  if (missing.length === 0) return [];
  return [
    paragraph('Without usable rows in the sweep, and what is done instead:'),
    list(
      missing.map((family) => WITHOUT[family]),
      'note',
    ),
  ];
}

/** Where the numbers come from and how well each operator is predicted at shapes its fit has not seen. */
export function overview(result: KernelFitResult): Block[] {
  const { gemmBf16, gemmFp8, decodeAttention, prefillAttention, moe, tables } = result;
  const fits = [
    gemmBf16,
    gemmFp8,
    decodeAttention,
    prefillAttention,
    ...(moe?.fallbacks ?? []).map(({ fit }) => fit),
  ];
  const rows = tables.reduce((sum, read) => sum + read.rows, 0);
  return [
    heading(1, `Operator times of ${result.gpu}`),
    paragraph(
      `Fitted to ${rows} rows in ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}, measured on ${result.device}.`,
    ),
    paragraph('Held out: every row predicted by a fit that saw no row of its shape.'),
    ...table(
      [left('operator'), right('rows'), right('shapes'), right('held out, median |%|'), right('mean |%|')],
      fits.flatMap((fit) =>
        fit === undefined
          ? []
          : [
              [
                fit.operator,
                count(fit.rowsUsed),
                count(fit.shapes),
                pct(fit.heldOut.medianApePct),
                pct(fit.heldOut.mapePct),
              ],
            ],
      ),
    ),
    ...missingFamilies(result),
  ];
}
