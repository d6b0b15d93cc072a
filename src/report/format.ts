import type { MetricName, StageKey } from '../trace/metrics.js';

/**
 * Numbers as reports show them: fixed rounding, no locale, so equal values are equal text. A missing value is `–`.
 */
export const MISSING = '–';

const orMissing = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined || !Number.isFinite(value) ? MISSING : show(value);

/** `-0.0` is not a number people write. */
const fixed = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
};

export const count = (value: number | undefined): string => orMissing(value, (v) => fixed(v, 0));
/** Milliseconds: two decimals below 100, one above. */
export const ms = (value: number | undefined): string =>
  orMissing(value, (v) => fixed(v, Math.abs(v) < 100 ? 2 : 1));
/** A size, in %: one decimal. */
export const pct = (value: number | undefined): string => orMissing(value, (v) => fixed(v, 1));
/** A signed error, in %: `+1.2`, `-0.3`. */
export const signedPct = (value: number | undefined): string =>
  orMissing(value, (v) => (Number(fixed(v, 1)) > 0 ? `+${fixed(v, 1)}` : fixed(v, 1)));
/** A share 0…1 as a whole percentage. */
export const share = (value: number | undefined): string =>
  orMissing(value, (v) => `${fixed(100 * v, v > 0 && v < 0.01 ? 1 : 0)} %`);
/** A correlation or other plain ratio: three decimals. */
export const ratio = (value: number | undefined): string => orMissing(value, (v) => fixed(v, 3));
/** A value of any magnitude: four significant digits, no exponent between 1e-4 and 1e7. */
export const significant = (value: number | undefined): string =>
  orMissing(value, (v) => {
    if (v === 0) return '0';
    const size = Math.abs(v);
    if (size < 1e-4 || size >= 1e7) return v.toExponential(3);
    const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
    return fixed(v, Math.min(digits, 8));
  });

/** A value with its uncertainty: two digits of the latter, as many decimals of both, e.g. `8.24 ± 0.51`. */
export function withError(value: number, error: number): string {
  if (!(error > 0 && Number.isFinite(error))) return significant(value);
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return `${fixed(value, decimals)} ± ${fixed(error, decimals)}`;
}

const METRIC_TITLES: Readonly<Record<MetricName, string>> = {
  ttftMeanMs: 'TTFT mean',
  ttftP50Ms: 'TTFT p50',
  ttftP90Ms: 'TTFT p90',
  ttftP99Ms: 'TTFT p99',
  itlMeanMs: 'ITL mean',
  e2eMeanMs: 'E2E mean',
  e2eP50Ms: 'E2E p50',
  e2eP90Ms: 'E2E p90',
  e2eP99Ms: 'E2E p99',
};

/** A metric's name for people; its unit is ms. */
export const metricTitle = (metric: MetricName): string => METRIC_TITLES[metric];
export const stageTitle = (stage: StageKey): string => (stage === 'all' ? 'whole run' : `stage ${stage}`);
