import { deeper, trueline } from './trueline.mjs';

/** The validation of the shipped suite, as `trueline report` prints it. */
export const validation = {
  name: 'validation',
  render: ({ saved }) => deeper(trueline('report', saved, '--format', 'markdown')),
};
