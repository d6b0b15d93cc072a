import { batchRequests } from '../../trace/batch-shape.js';
import type { BasisTerm } from '../basis-set.js';
import {
  decodeComputeUs,
  decodeKvUs,
  expertExchangeUs,
  prefillComputeUs,
  prefillKvUs,
  tpCommunicationUs,
  type PartUs,
} from './step-physics.js';

/** A term of the step time and how it is worked out. */
export interface PricedTerm {
  readonly term: BasisTerm;
  readonly value: PartUs;
}

const SOURCE = 'inference-sim/inference-sim@f90a1e3, sim/latency/trained_physics_model.go';

const ratio = (name: string, formula: string, value: PartUs): PricedTerm => ({
  term: { name, unit: 'ratio', formula, source: SOURCE, prior: { mean: 1, sd: 1 } },
  value,
});

const overhead = (name: string, unit: string, formula: string, sd: number, value: PartUs): PricedTerm => ({
  term: { name, unit, formula, source: SOURCE, prior: { mean: 0, sd } },
  value,
});

const PC =
  '[2LPd(2d+2dkv)/(TP·DP) + L·4(H/TP)h·Σt(s+t/2)/DP + Lm(Pk′/G)6dfm + (Lm·fs + Ld·fd)·6dP/(TP·DP)]/F';
const DC = 'the same with D for P and L·4(H/TP)h·Σc/DP for the attention part';
const PK = 'L·2·(dkv/(TP·DP))·P·2/BW';
const DK = 'L·2·(dkv/(TP·DP))·2·(Σc+D)/BW';
const TX = 'Lm·(T/DP)·(G−1)/G·2·d·a/BW for MoE with DP > 1, else 0';

/** β1, where prefill is split. */
export const PREFILL_COMPUTE = ratio('prefillCompute', PC, prefillComputeUs);
/** β9. */
export const PREFILL_KV = ratio('prefillKv', PK, prefillKvUs);
/** β2, where decode is split. */
export const DECODE_COMPUTE = ratio('decodeCompute', `prefillCompute: ${DC}`, decodeComputeUs);
/** β10. */
export const DECODE_KV = ratio('decodeKv', DK, decodeKvUs);
/** β1, where prefill is not split. */
export const PREFILL = ratio('prefill', `max(${PC}, ${PK})`, (physics, batch) =>
  Math.max(prefillComputeUs(physics, batch), prefillKvUs(physics, batch)),
);
/** β2, where decode is not split. */
export const DECODE = ratio('decode', `max(prefill compute: ${DC}, ${DK})`, (physics, batch) =>
  Math.max(decodeComputeUs(physics, batch), decodeKvUs(physics, batch)),
);
/** β3. */
const WEIGHTS = ratio(
  'weights',
  '[Ld(2d+2dkv)/TP + Lm(N/G)3dfm + (Lm·fs + Ld·fd)·3d/TP]·w/BW',
  ({ weightsUs }) => weightsUs,
);
/** β4, beside a β11 of its own. */
const TP_COMMUNICATION = ratio(
  'tpCommunication',
  'Ta + Td + Tr, V(u) = u·T·d·a·2·(TP−1)/TP/BW',
  tpCommunicationUs,
);
/** β11. */
export const EXPERT_EXCHANGE = ratio('expertExchange', TX, expertExchangeUs);
/** β4 and β11, where they are one. */
const COMMUNICATION = ratio(
  'communication',
  `Ta + Td + Tr + Tx, V(u) = u·T·d·a·2·(TP−1)/TP/BW, Tx = ${TX}`,
  (physics, batch) => tpCommunicationUs(physics, batch) + expertExchangeUs(physics, batch),
);
/** β5 … β8. */
const OVERHEADS: readonly PricedTerm[] = [
  overhead('layers', 'µs/layer', 'L', 200, ({ layers }) => layers),
  overhead('requests', 'µs/request', 'B', 500, (_physics, batch) => batchRequests(batch)),
  overhead('step', 'µs/step', '1', 5000, () => 1),
  overhead(
    'interleavedMoeLayers',
    'µs/layer',
    'Lm if dense and MoE layers alternate, else 0',
    1000,
    ({ interleavedLayers }) => interleavedLayers,
  ),
];

/** β3 … β8 where the expert exchange has a coefficient of its own. */
export const COMMON_TERMS: readonly PricedTerm[] = [WEIGHTS, TP_COMMUNICATION, ...OVERHEADS];
/** β3 … β8 where it shares β4. */
export const COMMON_TERMS_ONE_LINK: readonly PricedTerm[] = [WEIGHTS, COMMUNICATION, ...OVERHEADS];
