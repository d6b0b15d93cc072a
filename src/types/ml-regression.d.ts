/** The parts of ml-regression 6.3 that are used here; the package ships no types. */
declare module 'ml-regression' {
  /** y = slope·x + intercept by least squares. */
  export class SimpleLinearRegression {
    constructor(x: number[], y: number[]);
    readonly slope: number;
    readonly intercept: number;
    score(x: number[], y: number[]): { readonly r2: number };
  }

  /** Ordinary least squares. Give it columns of similar size: it drops small singular values of AᵀA. */
  export class MultivariateLinearRegression {
    constructor(x: number[][], y: number[][], options?: { intercept?: boolean; statistics?: boolean });
    /** Shape [columns][outputs]. */
    readonly weights: number[][];
    readonly stdError: number;
    readonly stdErrors: number[];
  }
}
