import junitModule, { type Builder } from 'junit-report-builder';
import type { DriftRow, FidelityRow, GateResult, ShiftRow, Verdict } from '../../gate/index.js';
import { metricTitle, ms, significant, stageTitle } from '../format.js';
import { printable } from '../plain-text.js';
import { fidelityTitle, fidelityValue, shiftTitle } from './gate-report.js';

/** The package's types claim a `.default` that Node does not see, so what Node sees is recognised instead. */
const isBuilder = (value: unknown): value is Builder =>
  typeof value === 'object' && value !== null && 'newBuilder' in value;

function newBuilder(): Builder {
  if (!isBuilder(junitModule)) throw new TypeError('junit-report-builder has another form');
  return junitModule.newBuilder();
}

interface Case {
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

const driftCase = (row: DriftRow): Case => ({
  name: `${row.experiment} / ${stageTitle(row.stage)} / ${metricTitle(row.metric)}`,
  verdict: row.verdict,
  detail: `${row.reason ?? ''}: ${ms(row.baselineMs)} ms in the baseline, ${ms(row.predictedMs)} ms now (${significant(row.changePct)} %)`,
});

const shiftCase = (row: ShiftRow): Case => ({
  name: shiftTitle(row),
  verdict: row.verdict,
  detail: `${significant(row.changePct)} % in the median of ${row.n} runs, where other seeds explain ${significant(row.noisePct)} %`,
});

const fidelityCase = (row: FidelityRow): Case => {
  const [baseline, now, worseBy, noise] = [row.baseline, row.now, row.worseBy, row.noise].map((value) =>
    fidelityValue(row, value),
  );
  return {
    name: fidelityTitle(row),
    verdict: row.verdict,
    detail: `${baseline} in the baseline, ${now} now: worse by ${worseBy}, where noise explains ${noise}`,
  };
};

function addSuite(builder: Builder, name: string, cases: readonly Case[]): void {
  const suite = builder.testSuite().name(name);
  for (const { name: title, verdict, detail } of cases) {
    const test = suite.testCase().className(name).name(printable(title));
    if (verdict === 'fail') test.failure(printable(detail));
    // what cannot be compared was not tested; what is noisy passed
    if (verdict === 'not comparable') test.skipped();
  }
}

/** Every row of the gate as a JUnit test case: CI systems list them by name. */
export function renderGateJunit(gate: GateResult): string {
  const builder = newBuilder();
  addSuite(builder, 'trueline drift', [
    ...gate.drift.rows.map(driftCase),
    ...gate.drift.shifts.map(shiftCase),
  ]);
  addSuite(builder, 'trueline fidelity', gate.fidelity.rows.map(fidelityCase));
  return `${builder.build().trimEnd()}\n`;
}
