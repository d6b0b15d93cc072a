import { deeper, path, trueline } from './trueline.mjs';

const ARGUMENTS = ['fit', 'cross-validate', path('validation/public-suite'), '--format', 'markdown'];

const crossValidate = (over, ...keys) =>
  deeper(trueline(...ARGUMENTS, '--over', over, '--leave-out', ...keys));

/** What the fit predicts of models and loads it has not seen, inside train: the tables choices are made on. */
export const unseenInTrain = {
  name: 'unseen-in-train',
  render: () => crossValidate('train', 'model', 'workload'),
};

/** The same over all experiments, by GPU too (train has one kind only). Fits and simulates everything: slow. */
export const unseenInAll = {
  name: 'unseen-in-all',
  slow: true,
  render: () => crossValidate('all', 'model', 'gpu', 'workload'),
};
