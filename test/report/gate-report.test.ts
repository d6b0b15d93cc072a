import { describe, expect, it } from 'vitest';
import { checkAgainstBaseline, updatedBaseline, type GateResult } from '../../src/gate/index.js';
import {
  renderGateAnnotations,
  renderGateJunit,
  renderGateMarkdown,
  renderGateTerminal,
  withoutCommands,
} from '../../src/report/index.js';
import { scaled, twelveRuns, validationOf } from '../gate/made-up-results.js';

const HOSTILE = '</failure>]]> & "\u001b[31m::error::\r\n%0A<b>|';

/** A gate that fails E2E on a GPU with a hostile name. */
function hostileGate(): GateResult {
  const accepted = validationOf(
    twelveRuns().map((run) => ({ ...run, gpu: HOSTILE, id: `${run.id}${HOSTILE}` })),
  );
  return checkAgainstBaseline(
    updatedBaseline(accepted, 'first'),
    scaled(accepted, 'e2eMeanMs', HOSTILE, 1.03),
  );
}

describe('the gate as text', () => {
  it('says both verdicts, what changed and what got worse', () => {
    const accepted = validationOf(twelveRuns());
    const gate = checkAgainstBaseline(
      updatedBaseline(accepted, 'first'),
      scaled(accepted, 'e2eMeanMs', 'L40S', 1.03),
    );
    const text = renderGateTerminal(gate);
    expect(text).toContain('GATE OF MADE-UP: FAIL');
    expect(text).toContain('Drift: FAIL. Are predictions what they were? 30 pass, 6 fail.');
    expect(text).toMatch(
      /\n {2}11 +whole run +E2E mean +4242\.0 +4369\.3 +3\.000 +the prediction changed\n/u,
    );
    expect(text).toMatch(/\n {2}mean \|error\| % of E2E mean, gpu L40S +6 +1\.0 +4\.0 +3\.0 +0\.8 +fail\n/u);
  });

  it('is inert Markdown', () => {
    expect(renderGateMarkdown(hostileGate())).not.toContain('<b>');
    expect(renderGateMarkdown(hostileGate())).not.toContain('\u001b');
  });
});

describe('the gate as JUnit XML', () => {
  const xml = renderGateJunit(hostileGate());

  it('has a case per row and a failure per failed row', () => {
    const gate = hostileGate();
    const rows = [...gate.drift.rows, ...gate.fidelity.rows];
    expect(xml.match(/<testcase /gu)).toHaveLength(rows.length);
    expect(xml.match(/<failure/gu)).toHaveLength(rows.filter((row) => row.verdict === 'fail').length);
  });

  it('keeps hostile names inside their attributes', () => {
    // after all quoted attributes and text are gone only the known tags are left
    const tags = new Set([...xml.matchAll(/<\/?([a-z?]+)/gu)].map(([, tag]) => tag));
    expect(tags).toEqual(new Set(['?xml', 'testsuites', 'testsuite', 'testcase', 'failure']));
    expect(xml).not.toContain('\u001b');
  });
});

describe('the gate as GitHub annotations', () => {
  it('is nothing when the gate passed', () => {
    const accepted = validationOf(twelveRuns());
    expect(renderGateAnnotations(checkAgainstBaseline(updatedBaseline(accepted, 'first'), accepted))).toBe(
      '',
    );
  });

  it('is one command a line, whatever names say', () => {
    const lines = renderGateAnnotations(hostileGate()).trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    for (const line of lines) expect(line).toMatch(/^::error title=Trueline (drift|fidelity)::[^\r\n]+$/u);
    expect(lines.some((line) => line.includes('%250A'))).toBe(true);
  });
});

describe('a shift under other seeds', () => {
  const shift = {
    gpu: HOSTILE,
    metric: 'itlMeanMs',
    n: 2,
    changePct: -3,
    noisePct: 1,
    verdict: 'fail',
  } as const;
  const accepted = validationOf(twelveRuns());
  const gate = checkAgainstBaseline(updatedBaseline(accepted, 'first'), accepted);
  const shifted: GateResult = { ...gate, drift: { ...gate.drift, passed: false, shifts: [shift] } };

  it('is in every form', () => {
    expect(renderGateTerminal(shifted)).toMatch(/shift of ITL mean, gpu .* 2 +-3\.0 +1\.0\n/u);
    expect(renderGateJunit(shifted)).toContain('-3.000 % in the median of 2 runs');
    expect(renderGateAnnotations(shifted)).toContain('36 pass; by GPU and metric 1 fail');
  });
});

describe('text in the log of GitHub', () => {
  it('is fenced by a word that it cannot have', () => {
    const text = '  ::error::owned\nx ##[error]owned';
    const [stop = '', ...rest] = withoutCommands(text).trimEnd().split('\n');
    const [, word = ''] = /^::stop-commands::([0-9a-f]{64})$/u.exec(stop) ?? [];
    expect(rest).toEqual([...text.split('\n'), `::${word}::`]);
    expect(withoutCommands(`${text}\n::${word}::`)).not.toContain(`::stop-commands::${word}\n`);
  });
});
