import type { Data, Spec } from 'vega';
import type { FigureBlock } from '../document.js';

/** A chart as the page's script gets it; a number in place of rows is their index in `rows`. */
interface PackedChart {
  /** Absent for charts that stay drawings. */
  readonly spec?: Omit<Spec, 'data'> & { readonly data: readonly object[] };
  /** The chart as a table: `true` marks columns of numbers. */
  readonly columns: readonly (readonly [title: string, isNumber: boolean])[];
  readonly rows: number;
}

/** All charts of a page, with the rows they are made of: several charts are often made of the same. */
export interface ChartIsland {
  readonly rows: readonly (readonly unknown[])[];
  readonly charts: Readonly<Record<string, PackedChart>>;
}

/** Keeps each list of rows once and hands out its index. */
class RowStore {
  readonly rows: (readonly unknown[])[] = [];
  readonly #indices = new Map<string, number>();

  add(rows: readonly unknown[]): number {
    const key = JSON.stringify(rows);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.rows.length);
    return this.rows.push(rows) - 1;
  }
}

const packData = (data: Data, store: RowStore): object =>
  'values' in data && Array.isArray(data.values) ? { ...data, values: store.add(data.values) } : data;

/**
 * Packs charts for a page.
 * @param specs Vega specs of the charts that become interactive, by figure id
 */
export function chartIsland(
  figures: readonly FigureBlock[],
  specs: Readonly<Record<string, Spec>>,
): ChartIsland {
  const store = new RowStore();
  const charts = figures.map(({ id, data: { columns, rows } }) => {
    const spec = specs[id];
    const packed: PackedChart = {
      ...(spec && { spec: { ...spec, data: (spec.data ?? []).map((data) => packData(data, store)) } }),
      columns: columns.map(({ title, align }) => [title, align === 'right']),
      rows: store.add(rows),
    };
    return [id, packed] as const;
  });
  return { charts: Object.fromEntries(charts), rows: store.rows };
}
