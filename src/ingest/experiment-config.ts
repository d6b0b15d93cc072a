import * as z from 'zod';
import { checkShape } from '../text/check-shape.js';
import { withoutUndefined } from '../text/object-keys.js';
import { parseYamlDocument } from '../text/parse-document.js';
import type { FactsImporter, RunFacts } from './importer.js';
import { onlyOne } from './only-one.js';
import { readText } from './read-file.js';
import { hasKeys } from './value-guards.js';

const count = z.int().positive();

/** `exp-config.yaml` of inference-sim/training: how the server was started. */
const schema = z.object({
  model: z.string(),
  tensor_parallelism: count,
  max_model_len: count.optional(),
  max_num_batched_tokens: count.optional(),
  max_num_seqs: count.optional(),
});

/** Server options of an experiment folder; GPU, engine version and memory options are not in the file. */
export const experimentConfigImporter: FactsImporter = {
  format: 'exp-config',
  looksFor: 'exp-config.yaml: a mapping with `model`, `tensor_parallelism` and `app`',
  matches: ({ kind, value }) => kind === 'yaml' && hasKeys(value, 'model', 'tensor_parallelism', 'app'),
  read: async (files): Promise<RunFacts> => {
    const probe = onlyOne(files, 'server configuration');
    if (probe === undefined) return {};
    const config = checkShape(schema, parseYamlDocument(await readText(probe.file), probe.file));
    return {
      model: config.model,
      server: withoutUndefined({
        tensorParallelSize: config.tensor_parallelism,
        maxModelLenTokens: config.max_model_len,
        maxNumBatchedTokens: config.max_num_batched_tokens,
        maxNumSeqs: config.max_num_seqs,
      }),
    };
  },
};
