import type {
  DecodeAttentionConstants,
  GemmConstants,
  MoeFallback,
  MoeShape,
} from '../../basis/kernel-constants.js';
import type { OperatorFit } from './kernel-fit-result.js';
import { parameterOf } from './operator-fit.js';

const SIGNIFICANT_DIGITS = 4;

/** Digits beyond the fourth are below every standard error and would tie the file to one machine's rounding. */
export const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));

/** A fitted number as it is written; 0 when its term was not chosen. */
export const amount = (fit: OperatorFit, name: string): number => rounded(parameterOf(fit, name));

/** Matrix products as a file holds them. */
export function gemmConstants(fit: OperatorFit): GemmConstants {
  const usPerThousandDepth = amount(fit, 'usPerThousandDepth');
  const usPerMillionActivations = amount(fit, 'usPerMillionActivations');
  return {
    memoryFloorUs: amount(fit, 'memoryFloorUs'),
    memoryFactor: amount(fit, 'memoryFactor'),
    computeFloorUs: amount(fit, 'computeFloorUs'),
    computeFactor: amount(fit, 'computeFactor'),
    sharpness: amount(fit, 'sharpness'),
    ...(usPerThousandDepth === 0 ? {} : { usPerThousandDepth }),
    ...(usPerMillionActivations === 0 ? {} : { usPerMillionActivations }),
  };
}

/** Decode attention as a file holds it. */
export function decodeConstants(fit: OperatorFit): DecodeAttentionConstants {
  const usPerRequest = amount(fit, 'usPerRequest');
  const usPerRequestKvHead = amount(fit, 'usPerRequestKvHead');
  return {
    floorUs: amount(fit, 'floorUs'),
    memoryFactor: amount(fit, 'memoryFactor'),
    usPerThousandContextTokens: amount(fit, 'usPerThousandContextTokens'),
    ...(usPerRequest === 0 ? {} : { usPerRequest }),
    ...(usPerRequestKvHead === 0 ? {} : { usPerRequestKvHead }),
  };
}

/** The rule for unswept experts as a file holds it. */
export function fallbackConstants(fit: OperatorFit): MoeFallback {
  const computeFactor = amount(fit, 'computeFactor');
  return {
    launchUs: amount(fit, 'launchUs'),
    memoryFactor: amount(fit, 'memoryFactor'),
    usPerMillionActivationBytes: amount(fit, 'usPerMillionActivationBytes'),
    ...(computeFactor === 0 ? {} : { computeFactor }),
  };
}

/** One table of swept experts as a file holds it. */
export function shapeConstants(shape: MoeShape): MoeShape {
  const { largeTokens, ...layer } = shape;
  return {
    ...layer,
    fullUs: rounded(shape.fullUs),
    usPerToken: rounded(shape.usPerToken),
    at1024TokensUs: rounded(shape.at1024TokensUs),
    ...(largeTokens === undefined
      ? {}
      : { largeTokens: { ...largeTokens, us: largeTokens.us.map(rounded) } }),
  };
}
