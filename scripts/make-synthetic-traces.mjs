// Writes traces/synthetic-*: what the engine would have traced of short runs priced with traces/planted.json.
// No GPU is involved; the fit must recover the planted coefficients from them. Run after `npm run build`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { readCatalog, readCoefficientSet, latencyModel } from '../dist/coefficients/index.js';
import { buildRequests, simulate } from '../dist/engine/index.js';
import { renderOtlp } from '../dist/report/index.js';
import { DEFAULT_SERVER } from '../dist/trace/server-config.js';

const RUNS = [
  { name: 'llama-2-7b-tp1', model: 'meta-llama/Llama-2-7b-hf', tensorParallelSize: 1 },
  { name: 'mistral-nemo-tp1', model: 'mistralai/Mistral-Nemo-Instruct-2407', tensorParallelSize: 1 },
  { name: 'qwen2.5-7b-tp1', model: 'Qwen/Qwen2.5-7B-Instruct', tensorParallelSize: 1 },
  { name: 'mixtral-8x7b-tp2', model: 'mistralai/Mixtral-8x7B-v0.1', tensorParallelSize: 2 },
  { name: 'yi-34b-tp2', model: '01-ai/Yi-34B', tensorParallelSize: 2 },
  { name: 'llama-2-70b-tp4', model: 'meta-llama/Llama-2-70b-hf', tensorParallelSize: 4 },
];
const GPU = 'H100';
const SEED = 1;
const WORKLOAD = {
  kind: 'shared-prefix',
  numGroups: 5,
  promptsPerGroup: 4,
  systemPromptTokens: 96,
  promptTokensMean: 300,
  promptTokensSd: 7,
  outputTokens: 48,
  stages: [{ ratePerS: 10, durationS: 6 }],
  stageGapS: 1,
};

const out = new URL(process.argv[2] ? `file://${process.argv[2]}/` : '../traces/', import.meta.url);
const catalog = await readCatalog();
const planted = await readCoefficientSet(new URL('../traces/planted.json', import.meta.url).pathname);

for (const { name, model, tensorParallelSize } of RUNS) {
  const server = { ...DEFAULT_SERVER, tensorParallelSize, maxNumSeqs: 128 };
  const context = {
    arch: catalog.model(model),
    gpu: catalog.gpu(GPU),
    kernels: catalog.kernels(GPU),
    server,
  };
  const requests = buildRequests(WORKLOAD, SEED);
  const latency = latencyModel(planted, context);
  const { trace } = simulate({ ...context, requests, latency, recordSteps: true });
  const folder = new URL(`synthetic-${name}/`, out);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lines = [...renderOtlp(trace)].map((line) => `${line.trimEnd()}\n`).join('');
  writeFileSync(new URL('traces.json.gz', folder), gzipSync(lines, { level: 9 }));
  writeFileSync(
    new URL('exp-config.yaml', folder),
    `# Synthetic: simulated by trueline's own engine with traces/planted.json on ${GPU}; no GPU was involved.\n` +
      stringify({
        model,
        tensor_parallelism: tensorParallelSize,
        max_model_len: 4096,
        max_num_batched_tokens: server.maxNumBatchedTokens,
        max_num_seqs: server.maxNumSeqs,
        app: 'trueline-synthetic',
      }),
  );
  console.log(`${name}: ${trace.requests.count} requests, ${trace.steps.count} steps, ${lines.length} bytes`);
}
