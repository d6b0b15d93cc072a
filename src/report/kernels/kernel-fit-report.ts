import type { KernelFitResult, OperatorFit } from '../../fit/kernels/kernel-fit-result.js';
import { diagnosticList } from '../diagnostic-list.js';
import { heading, left, list, right, table, type Block, type ReportDocument } from '../document.js';
import { count } from '../format.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { operatorSection } from './operator-section.js';
import { overview } from './overview.js';
import { allReduceSection, expertsSection, samplerSection } from './table-sections.js';

const LIMITS = "BW and F: the data sheet's bandwidth and peak.";
const PRODUCT_SYMBOLS = `m tokens, k inputs, n outputs, w bytes per weight, s sharpness. ${LIMITS}`;
const DECODE_SYMBOLS = `S tokens of context in all, s̄ on average, κ KV bytes per token, D requests, kv KV heads. ${LIMITS}`;
const PREFILL_SYMBOLS = `T tokens in all, t of one prompt, H query heads, Hkv KV heads, h their size. ${LIMITS}`;

/** Enough of a hash to see that two tables differ; the whole is in the JSON. */
const HASH_LETTERS = 12;

const optional = (fit: OperatorFit | undefined, symbols: string): Block[] =>
  fit === undefined ? [] : operatorSection(2, fit, symbols);

const tablesRead = ({ tables }: KernelFitResult): Block[] => [
  heading(2, 'Tables read'),
  ...table(
    [left('table'), right('rows'), left('versions'), left('sha256')],
    tables.map(({ path, rows, versions, sha256 }) => [
      path,
      count(rows),
      versions.join(', '),
      sha256.slice(0, HASH_LETTERS),
    ]),
  ),
];

/** A calibration from a kernel sweep as a document: overview, every operator, limits, what was read. */
export const kernelFitReport = (result: KernelFitResult): ReportDocument => [
  ...overview(result),
  ...operatorSection(2, result.gemmBf16, PRODUCT_SYMBOLS),
  ...optional(result.gemmFp8, PRODUCT_SYMBOLS),
  ...operatorSection(2, result.decodeAttention, DECODE_SYMBOLS),
  ...optional(result.prefillAttention, PREFILL_SYMBOLS),
  ...expertsSection(result.moe),
  ...allReduceSection(result.allReduce),
  ...samplerSection(result.sampler),
  heading(2, 'What the sweep cannot tell'),
  list(result.notes),
  ...tablesRead(result),
  ...diagnosticList('Noticed while reading', result.diagnostics),
];

/** A calibration as text for a terminal; no line break at the end. */
export const renderKernelFit = (
  result: KernelFitResult,
  options: TerminalOptions = { colour: false },
): string => renderTerminal(kernelFitReport(result), options);

/** A calibration as GitHub-flavoured Markdown. */
export const renderKernelFitMarkdown = (result: KernelFitResult): string =>
  renderMarkdown(kernelFitReport(result));
