import { fc, test } from '@fast-check/vitest';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { heading, left, list, paragraph, table } from '../../src/report/document.js';
import { escapeHtml, renderBlocks } from '../../src/report/html/blocks.js';
import {
  drillDown,
  renderHtml,
  renderMarkdown,
  renderValidationCsv,
  validationReport,
} from '../../src/report/index.js';
import { escapeLatex, renderLatex } from '../../src/report/render-latex.js';
import type { ValidationResult } from '../../src/validate/validation-result.js';
import { madeUpValidation } from './made-up-results.js';

const NASTY = String.raw`=cmd()</script><img src=x onerror=alert(1)>"'\input{secret}$x$%&#_{}[a](javascript:b)`;

/** The made-up validation with one experiment, model and peer named by somebody who means harm. */
function hostileValidation(): ValidationResult {
  const renamed = (text: string): string =>
    text.replaceAll('"acme/Toy-7B"', JSON.stringify(NASTY)).replaceAll('"other-sim"', JSON.stringify(NASTY));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same result but for some names
  const made = JSON.parse(renamed(JSON.stringify(madeUpValidation()))) as ValidationResult;
  const rename = <T extends { readonly experiment: string }>(entry: T): T =>
    entry.experiment === '2' ? { ...entry, experiment: NASTY } : entry;
  return {
    ...made,
    suite: NASTY,
    experiments: made.experiments.map(rename),
    rows: made.rows.map(rename),
  };
}

const tagsOf = (html: string): string[] =>
  [...html.matchAll(/<(\/?[a-z][\da-z]*)/giu)].map(([, tag]) => tag!);

const result = hostileValidation();

describe('names that mean harm', () => {
  it('are text in HTML', async () => {
    const page = await renderHtml(validationReport(result), {
      runtime: 'const vega = 0;',
      drillDown: drillDown(result),
    });
    expect(page).not.toContain('<img');
    expect(page.match(/<script/gu)).toHaveLength(3);
    expect(page.match(/<\/script/giu)).toHaveLength(3);
    expect(page).toContain('&lt;/script&gt;');
  });

  it('are text in Markdown', () => {
    const markdown = renderMarkdown(validationReport(result), (id) => `${id}.svg`);
    expect(markdown).not.toMatch(/<[a-z/]/iu);
    expect(markdown).not.toContain('[a](');
  });

  it('are text in a spreadsheet', () => {
    const { data } = Papa.parse<string[]>(renderValidationCsv(result));
    const cells = data.flat();
    expect(cells).toContain(`'${NASTY}`);
    expect(cells.filter((cell) => /^[=@\t\r]/u.test(cell))).toEqual([]);
    expect(cells.filter((cell) => /^[-+]/u.test(cell) && !Number.isFinite(Number(cell)))).toEqual([]);
  });

  it('are text in LaTeX', () => {
    expect(escapeLatex(NASTY)).toContain(String.raw`\textbackslash{}input\{secret\}\$x\$\%\&\#\_\{\}`);
  });
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '<script>',
        '</td>',
        '"',
        "'",
        '&lt;',
        '\\',
        '{',
        '}',
        '$',
        '%',
        '\n\n',
        '^',
        '~',
        '#',
        'a',
      ),
    )
    .map((parts) => parts.join('')),
);

const documentOf = (text: string) => [
  heading(2, text),
  paragraph(text),
  list([text]),
  ...table([left(text)], [[text]]),
];

const tagsWith = (text: string): string[] => tagsOf(renderBlocks(documentOf(text), text, new Map()));
const commandsWith = (text: string) => renderLatex(documentOf(text)).match(/\\(?:begin|end|item|sub\w*)\b/gu);

describe('any text', () => {
  test.prop([hostile])('leaves the elements of a page as they are', (text) => {
    expect(tagsWith(text)).toEqual(tagsWith('word'));
    expect(escapeHtml(text)).not.toMatch(/[<>"']/u);
  });

  test.prop([hostile])('calls no LaTeX command and opens no group', (text) => {
    const known =
      /\\(?:textbackslash|textasciitilde|textasciicircum|ldots)\{\}|\\[{}#$%&_]|\$\\?[-a-z^2]+\$/gu;
    expect(escapeLatex(text).replaceAll(known, '')).not.toMatch(/[\\{}$%#&_^~]/u);
    expect(commandsWith(text)).toEqual(commandsWith('word'));
  });
});
