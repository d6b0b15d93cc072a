import type { AllReduceKnots, MoeShape } from '../../basis/kernel-constants.js';
import type { ErrorSummary } from '../../stats/relative-error.js';
import type { KernelTable } from '../../trace/kernel-sweep.js';
import type { Diagnostic } from '../../trace/trace.js';

/** One fitted number. */
interface FittedParameter {
  /** Field of the constants it becomes. */
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Cluster-robust over shapes; 0 for a value at its bound. */
  readonly standardError: number;
}

/** Rows of the sweep that were left out of a fit, and why. */
export interface DroppedRows {
  readonly reason: string;
  readonly count: number;
}

/** How one functional form did on shapes that its fit had not seen. */
export interface FormScore {
  readonly form: string;
  readonly parameters: number;
  readonly heldOut: ErrorSummary;
  readonly chosen: boolean;
}

/** Errors of a part of the rows. */
export interface Band {
  readonly name: string;
  readonly errors: ErrorSummary;
}

/** A regression of one operator family on its sweep. */
export interface OperatorFit {
  /** E.g. `gemm bf16`. */
  readonly operator: string;
  readonly formula: string;
  /** Minor release of the serving engine whose rows were used. */
  readonly release: string;
  readonly parameters: readonly FittedParameter[];
  readonly rowsUsed: number;
  /** Distinct shapes among them, the units of hold-out. */
  readonly shapes: number;
  readonly dropped: readonly DroppedRows[];
  readonly fitted: ErrorSummary;
  /** Every row predicted by a fit that saw no row of its shape. */
  readonly heldOut: ErrorSummary;
  /** Held-out errors by size; bands named `not fitted: …` are rows outside the fit. */
  readonly bands: readonly Band[];
  /** Forms compared, simplest first. */
  readonly forms: readonly FormScore[];
}

/** The rule for layers without a sweep at one precision. */
interface MoeFallbackFit {
  readonly precision: MoeShape['precision'];
  readonly fit: OperatorFit;
}

/** Per-shape tables of the fused experts and the rule for other shapes. */
export interface MoeFit {
  readonly release: string;
  readonly launchUs: number;
  readonly shapes: readonly MoeShape[];
  /** Shape tables against the rows they were made from. */
  readonly fitted: ErrorSummary;
  /** Shape tables against swept token counts between their knots; absent when there are none. */
  readonly betweenKnots?: ErrorSummary;
  /** Every layer priced from the nearest other shape's table, the basis's first resort; absent with a single shape. */
  readonly fromNearestShape?: ErrorSummary;
  /**
   * Shape-free rules, the last resort where a precision was not swept; 16 bit first where both were. Held out = whole layer
   * shapes at every tensor-parallel size.
   */
  readonly fallbacks: readonly [MoeFallbackFit, ...MoeFallbackFit[]];
  readonly rowsUsed: number;
  readonly dropped: readonly DroppedRows[];
  /** Routing of the rows used. */
  readonly routing: 'balanced' | 'power law';
}

/** All-reduce times by tensor-parallel size and the rule for a size without a sweep. */
export interface AllReduceFit {
  readonly release: string;
  readonly knots: Readonly<Record<string, AllReduceKnots>>;
  /** Tensor-parallel sizes whose knots are interpolated between swept ones. */
  readonly interpolated: readonly number[];
  /** Each swept size predicted from the others; absent with fewer than three. */
  readonly heldOut?: ErrorSummary;
  /** Knots lowered because a larger message was cheaper. */
  readonly lowered: number;
  readonly rowsUsed: number;
  readonly dropped: readonly DroppedRows[];
}

/** Sampling, relative to the H100's published cost per logit. */
export interface SamplerFit {
  readonly release: string;
  readonly scale: number;
  readonly rowsUsed: number;
  readonly fitted: ErrorSummary;
}

/** Everything a calibration from one GPU's sweep found. A family without rows is absent. */
export interface KernelFitResult {
  readonly gpu: string;
  readonly device: string;
  readonly tables: readonly KernelTable[];
  readonly gemmBf16: OperatorFit;
  readonly gemmFp8?: OperatorFit;
  readonly decodeAttention: OperatorFit;
  readonly prefillAttention?: OperatorFit;
  readonly moe?: MoeFit;
  readonly allReduce?: AllReduceFit;
  readonly sampler?: SamplerFit;
  /** What the sweep cannot tell, for the reader of the numbers. */
  readonly notes: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}
