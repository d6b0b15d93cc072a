/** Families of step-time terms. Start with `basis-set.ts`, then `op-roofline/`; `roofline` and `trained-physics/` are the peers' forms. */
export { BASES, basisByName } from './basis-by-name.js';
export type { BasisContext, BasisSet, BasisTerm, CompiledBasis, RequestTerm } from './basis-set.js';
export type { FirstUse } from './first-use.js';
export type { KernelConstants, Method } from './kernel-constants.js';
export { opRooflineBasis } from './op-roofline/index.js';
export { rooflineBasis } from './roofline.js';
export { trainedPhysicsBasis } from './trained-physics/index.js';
