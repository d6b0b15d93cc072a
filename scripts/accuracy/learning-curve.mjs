import { deeper, path, trueline } from './trueline.mjs';

/** What a few experiments of a configuration buy on its other loads, in both splits. */
export const learningCurve = {
  name: 'learning-curve',
  slow: true,
  render: () =>
    deeper(trueline('fit', 'learning-curve', path('validation/public-suite'), '--format', 'markdown')),
};
