import { fc, test } from '@fast-check/vitest';
import Papa from 'papaparse';
import { beforeAll, describe, expect, it } from 'vitest';
import { heading, left, list, paragraph, table } from '../../src/report/document.js';
import { escapeHtml, renderBlocks } from '../../src/report/html/blocks.js';
import {
  comparisonReport,
  drillDown,
  renderComparisonCsv,
  renderHtml,
  renderMarkdown,
  renderTerminal,
  renderValidationCsv,
  validationReport,
} from '../../src/report/index.js';
import { escapeLatex, renderLatex } from '../../src/report/render-latex.js';
import { compareResults } from '../../src/validate/index.js';
import type { ValidationResult } from '../../src/validate/validation-result.js';
import { madeUpValidation } from './made-up-results.js';

/** Text that means something to every form a report has. */
const NASTY = [
  '=cmd()',
  '</script><img src=x onerror=alert(1)>',
  `"' onload="alert(1)" x='`,
  '-->]]></style>',
  String.raw`\input{secret}$x$%&#_{}^~\end{document}`,
  '[a](javascript:b)|`c`\n\n# d\r\n::error::%0A',
  '\u202Egnp.exe\u2066\u200B\u0007\u001B[31m',
].join(' ');

/** Places of a result where somebody else's text stands, with what the made-up result has there. */
const NAMES = ['acme/Toy-7B', 'acme/Toy-1B', 'other-sim', 'H100', 'chat', 'made up', 'made-up', '2', '3'];

/** The made-up validation with all its names, settings and messages written by somebody who means harm. */
function hostileValidation(): ValidationResult {
  let text = JSON.stringify(madeUpValidation());
  for (const name of NAMES) text = text.replaceAll(`"${name}"`, JSON.stringify(`${NASTY} ${name}`));
  for (const name of ['these figures are invented', 'unknown model', 'run 1'])
    text = text.replaceAll(name, JSON.stringify(NASTY).slice(1, -1));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same result but for some names
  const made = JSON.parse(text) as ValidationResult;
  const experiments = made.experiments.map((entry, i) => ({
    ...entry,
    settings: { ...entry.settings, precision: `${NASTY} ${i % 2}` },
  }));
  return { ...made, experiments };
}

const tagsOf = (html: string): string[] =>
  [...html.matchAll(/<(\/?[a-z][\da-z]*)/giu)].map(([, tag]) => tag!);

const hostile = hostileValidation();
/** As hostile, but for its words: what the forms of the two must have in common. */
const harmless = {
  ...madeUpValidation(),
  experiments: madeUpValidation().experiments.map((entry, i) => ({
    ...entry,
    settings: { ...entry.settings, precision: `word ${i % 2}` },
  })),
};
const pageOf = (result: ValidationResult): Promise<string> =>
  renderHtml(validationReport(result), { runtime: 'const vega = 0;', drillDown: drillDown(result) });
const comparisonOf = (result: ValidationResult) =>
  compareResults([
    { name: result.suite, result },
    { name: `${result.suite} again`, result },
  ]);

/** Invisible or reordering characters. */
const UNSEEN = /[\p{Cf}\p{Cc}]/u;

/** The data of a page's charts. */
const island = (html: string): string => /id="charts">([\s\S]*?)<\/script>/u.exec(html)![1]!;

const withoutDrawings = (html: string): string => html.replaceAll(/<svg[\s\S]*?<\/svg>/gu, '');

/** Names of the attributes of a page's elements. */
const attributesOf = (html: string): Set<string> =>
  new Set(
    [
      ...withoutDrawings(html)
        .replaceAll(/<script[\s\S]*?<\/script>/gu, '')
        .matchAll(/<[a-z][^>]*>/gu),
    ]
      .flatMap(([tag]) => [...tag.replaceAll(/"[^"]*"/gu, '""').matchAll(/\s([^\s=>]+)/gu)])
      .map(([, name]) => name!),
  );

/** Charts of a page's data. */
const chartsIn = (json: unknown): number => JSON.stringify(json).match(/"columns"/gu)?.length ?? 0;

/** A comparison of a result with itself, as a page. */
const comparisonPage = (result: ValidationResult): Promise<string> =>
  renderHtml(comparisonReport(comparisonOf(result)), { runtime: '' });

/** Pipes of a Markdown line that part cells. */
const cellBorders = (line: string): number => line.replaceAll(/\\[\\|]/gu, '').split('|').length;

/** LaTeX commands, but for those that stand for signs. */
const commandsOf = (latex: string): string[] =>
  [...latex.replaceAll(/\\text[a-z]+\{\}/gu, '').matchAll(/\\[a-zA-Z]+/gu)].map(([name]) => name).toSorted();

const commandCounts = (latex: string): Record<string, number> =>
  Object.fromEntries(
    [...new Set(commandsOf(latex))].map((name) => [
      name,
      commandsOf(latex).filter((one) => one === name).length,
    ]),
  );

describe('names that mean harm, in HTML', () => {
  let page = '';
  let benign = '';
  beforeAll(async () => {
    [page, benign] = [await pageOf(hostile), await pageOf(harmless)];
  });

  it('add no element', () => {
    expect(tagsOf(withoutDrawings(page)).toSorted()).toEqual(tagsOf(withoutDrawings(benign)).toSorted());
    expect(page.match(/<script/giu)).toHaveLength(3);
    expect(page.match(/<\/script/giu)).toHaveLength(3);
    expect(page.match(/<\/style/giu)).toHaveLength(1);
  });

  it('add no attribute', () => {
    expect(attributesOf(page)).toEqual(attributesOf(benign));
  });

  it('are text inside drawings', () => {
    const drawings = page.match(/<svg[\s\S]*?<\/svg>/gu)!.join('');
    const known = new Set(['svg', 'g', 'path', 'line', 'text', 'rect', 'defs', 'clipPath']);
    expect(tagsOf(drawings).filter((tag) => !known.has(tag.replace('/', '')))).toEqual([]);
    expect(drawings).not.toMatch(/<[^>]*\son[a-z]+=/u);
  });

  it('are strings in the data of charts', () => {
    expect(island(page)).not.toContain('<');
    expect(chartsIn(JSON.parse(island(page)))).toBe(chartsIn(JSON.parse(island(benign))));
  });

  it('reorder no text and hide nothing', () => {
    expect(page.replaceAll(/<script>[\s\S]*?<\/script>|\n/gu, '')).not.toMatch(UNSEEN);
    expect(island(page)).not.toMatch(/\\u(?:202e|2066|200b|0007|001b)/iu);
  });

  it('are as inert in a comparison', async () => {
    const [bad, good] = [await comparisonPage(hostile), await comparisonPage(harmless)];
    expect(tagsOf(withoutDrawings(bad)).toSorted()).toEqual(tagsOf(withoutDrawings(good)).toSorted());
    expect(bad).not.toContain('<img');
    expect(island(bad)).not.toContain('<');
  });
});

describe('names that mean harm, in other forms', () => {
  const documents = [
    ['a validation', validationReport(hostile), validationReport(harmless)],
    ['a comparison', comparisonReport(comparisonOf(hostile)), comparisonReport(comparisonOf(harmless))],
  ] as const;

  it.each(documents)('are text in Markdown: %s', (_, bad, good) => {
    const [text, clean] = [bad, good].map((document) => renderMarkdown(document, (id) => `${id}.svg`));
    expect(text!.split('\n')).toHaveLength(clean!.split('\n').length);
    expect(text!.split('\n').map(cellBorders)).toEqual(clean!.split('\n').map(cellBorders));
    expect(text).not.toMatch(/<[a-z!/]/iu);
    expect(text!.replaceAll(/\\[\\`[\]]/gu, '')).not.toMatch(/`|\[a\]\(/u);
    expect(text!.replaceAll('\n', '')).not.toMatch(UNSEEN);
  });

  it.each(documents)('are text in LaTeX: %s', (_, bad, good) => {
    const [text, clean] = [bad, good].map((document) => renderLatex(document, (id) => `${id}.svg`));
    expect(commandCounts(text!)).toEqual(commandCounts(clean!));
    expect(text).not.toContain(String.raw`\input`);
    expect(text).toContain(String.raw`\textbackslash{}input\{secret\}\$x\$\%\&\#\_\{\}`);
    expect(text!.match(/\\end\{document\}/gu)).toHaveLength(1);
    expect(text!.replaceAll('\n', '')).not.toMatch(UNSEEN);
  });

  it.each(documents)('are text in a terminal: %s', (_, bad) => {
    expect(renderTerminal(bad, { colour: false }).replaceAll('\n', '')).not.toMatch(UNSEEN);
  });

  it.each([
    ['a validation', renderValidationCsv(hostile), renderValidationCsv(harmless)],
    ['a comparison', renderComparisonCsv(comparisonOf(hostile)), renderComparisonCsv(comparisonOf(harmless))],
  ])('are text in a spreadsheet: %s', (_, bad, good) => {
    const [cells, clean] = [bad, good].map((csv) => Papa.parse<string[]>(csv.trimEnd()).data);
    expect(cells!.map((line) => line.length)).toEqual(clean!.map((line) => line.length));
    expect(cells!.flat().some((cell) => cell.startsWith(`'${NASTY}`))).toBe(true);
    expect(cells!.flat().filter((cell) => /^[=@\t\r]/u.test(cell))).toEqual([]);
    expect(cells!.flat().filter((cell) => /^[-+]/u.test(cell) && !Number.isFinite(Number(cell)))).toEqual([]);
  });
});

const anyText = fc.oneof(
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
  test.prop([anyText])('leaves the elements of a page as they are', (text) => {
    expect(tagsWith(text)).toEqual(tagsWith('word'));
    expect(escapeHtml(text)).not.toMatch(/[<>"']/u);
  });

  test.prop([anyText])('calls no LaTeX command and opens no group', (text) => {
    const known =
      /\\(?:textbackslash|textasciitilde|textasciicircum|ldots)\{\}|\\[{}#$%&_]|\$\\?[-a-z^2]+\$/gu;
    expect(escapeLatex(text).replaceAll(known, '')).not.toMatch(/[\\{}$%#&_^~]/u);
    expect(commandsWith(text)).toEqual(commandsWith('word'));
  });
});
