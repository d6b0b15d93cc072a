import { coefficientJsonSchema } from '../../../coefficients/index.js';
import type { Outcome } from '../../outcome.js';

/** The JSON Schema of coefficient files; text and JSON are the same. */
export const printSchema = (): Promise<Outcome> =>
  Promise.resolve({
    text: () => JSON.stringify(coefficientJsonSchema(), null, 2),
    json: coefficientJsonSchema,
    passed: true,
  });
