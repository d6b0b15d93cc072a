/** A bin of a heat table: values from `from` up to the next bin's `from`. */
export interface Bin {
  readonly from: number;
  readonly title: string;
}

const bins = (...edges: readonly (readonly [number, string])[]): readonly Bin[] =>
  edges.map(([from, title]) => ({ from, title }));

/** Requests in a batch. */
export const BATCH_BINS = bins(
  [1, '1'],
  [2, '2-4'],
  [5, '5-8'],
  [9, '9-16'],
  [17, '17-32'],
  [33, '33-64'],
  [65, '65-128'],
  [129, '129-256'],
  [257, '257+'],
);

/** Mean context of the decode requests of a batch, in tokens. */
export const CONTEXT_BINS = bins(
  [0, '< 256'],
  [256, '256-511'],
  [512, '512-1023'],
  [1024, '1024-2047'],
  [2048, '2048-4095'],
  [4096, '4096+'],
);

/** Prefill tokens of a batch. */
export const PREFILL_BINS = bins(
  [0, 'none'],
  [1, '1-16'],
  [17, '17-128'],
  [129, '129-512'],
  [513, '513-2047'],
  [2048, '2048+'],
);

/** Index of the bin a value lies in; values below the first bin count as in it. */
export const binOf = (scale: readonly Bin[], value: number): number =>
  Math.max(
    0,
    scale.findLastIndex((bin) => value >= bin.from),
  );
