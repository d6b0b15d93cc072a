import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { readCatalog } from '../../dist/coefficients/index.js';
import { kvCapacityBlocks } from '../../dist/engine/index.js';
import { ingestPath, readSuite } from '../../dist/ingest/index.js';
import { DEFAULT_SERVER } from '../../dist/trace/server-config.js';

/** The GPU of all per-request logs. */
const GPU = 'H100';
const KNOWN_MISSES = `Of Llama-4-Scout about 2.25 GiB per GPU are missing in our count. Its vision tower (0.87 billion parameters, which the quantisation leaves
in 16 bit) explains 0.81 GiB of them; we found no rule for the rest. The quantisation's ignore list is followed, rotary tables of 10 million
positions (2.5 GiB) and the sampler are counted, and what its expert kernels and image encoder need in the profiling run is, by our estimate,
less than that, or over before the sampler's peak. So give \`totalKvBlocks\` of multimodal
models, as the suite does.`;

/** Runs that say how many blocks their server had. */
async function publishedRuns(dataFolder) {
  const suite = await readSuite(join(dataFolder, 'public-suite'));
  const folder = join(dataFolder, 'per-request');
  const paths = readdirSync(folder)
    .toSorted()
    .map((run) => join(folder, run));
  const logs = (await Promise.all(paths.map((log) => ingestPath(log)))).map(({ meta }) => meta);
  const runs = [...suite.experiments, ...logs.map((meta) => ({ gpu: GPU, ...meta }))];
  return runs.filter(({ server }) => server?.totalKvBlocks !== undefined);
}

function rowOf({ model, gpu, server }, catalog) {
  const { totalKvBlocks: published, ...settings } = { ...DEFAULT_SERVER, ...server };
  const computed = kvCapacityBlocks(catalog.model(model), catalog.gpu(gpu), settings);
  return [
    model,
    gpu,
    settings.tensorParallelSize,
    settings.maxNumBatchedTokens,
    settings.maxNumSeqs,
    published,
    computed,
    `${computed < published ? '−' : '+'}${Math.abs(100 * (computed / published - 1)).toFixed(2)} %`,
  ].map(String);
}

/** KV blocks that published runs' servers logged, and what we compute when nobody says. */
export const kvBlocks = {
  name: 'kv-blocks',
  needsData: true,
  async render({ dataFolder }) {
    const catalog = await readCatalog();
    const rows = (await publishedRuns(dataFolder)).map((run) => rowOf(run, catalog));
    const distinct = [...new Map(rows.map((row) => [row.join(), row])).values()];
    const head = ['model', 'GPU', 'TP', 'tokens per step', 'seats', 'published', 'computed', 'error'];
    const table = markdownTable([head, ...distinct], { align: ['l', 'l', ...head.slice(2).map(() => 'r')] });
    return `## KV blocks

Every configuration whose block count is public (16 tokens a block, 0.9 of the memory), and the count that is used where a server's is not
known. Its constants were set on eleven of these counts, those of servers of the test split included: block counts, not times.

${table}

${KNOWN_MISSES}`;
  },
};
