import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { lint } from '../../src/cli/commands/lint.js';
import { RULES } from '../../src/lint/index.js';
import { RULE_PAIRS, type RunFiles } from './recordings/rule-pairs.js';

const result = z.object({ findings: z.array(z.object({ rule: z.string(), severity: z.string() })) });

type Findings = z.infer<typeof result>['findings'];

/** What `trueline lint` finds in a folder with these files, most severe first. */
async function linted(files: RunFiles): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'trueline-pair-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return result.parse((await lint(folder)).json()).findings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const rulesOf = (findings: Findings): readonly string[] => [...new Set(findings.map(({ rule }) => rule))];

describe('synthetic recordings that a rule objects to, and near twins that it does not', () => {
  it('exist for every rule', () => {
    expect(Object.keys(RULE_PAIRS).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted());
  });

  it.each(Object.entries(RULE_PAIRS))('%s', async (rule, { triggers, sound, severity }) => {
    const [bad, good] = [await linted(triggers), await linted(sound)];
    expect(bad.find((finding) => finding.rule === rule)?.severity).toBe(severity);
    // the two differ in nothing else
    expect(rulesOf(bad).filter((seen) => !rulesOf(good).includes(seen))).toEqual([rule]);
  });
});
