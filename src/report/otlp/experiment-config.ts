import { stringify } from 'yaml';
import { withoutUndefined } from '../../text/object-keys.js';
import type { TraceMeta } from '../../trace/trace.js';

/** How the server was started, as the `exp-config.yaml` that inference-sim/training keeps beside its traces. */
export const renderExperimentConfig = ({ model, server }: TraceMeta): string =>
  stringify(
    withoutUndefined({
      model,
      tensor_parallelism: server?.tensorParallelSize,
      max_model_len: server?.maxModelLenTokens,
      max_num_batched_tokens: server?.maxNumBatchedTokens,
      max_num_seqs: server?.maxNumSeqs,
      app: 'trueline-simulated',
    }),
  );
