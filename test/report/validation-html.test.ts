import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  drawFigures,
  drillDown,
  renderHtml,
  renderMarkdown,
  validationReport,
} from '../../src/report/index.js';
import { madeUpValidation } from './made-up-results.js';

const RUNTIME = 'const vega = {}; const expressionInterpreter = 0; // </script>';

interface Island {
  readonly rows: readonly (readonly unknown[])[];
  readonly charts: Readonly<Record<string, { readonly columns: readonly unknown[]; readonly rows: number }>>;
}

const chartIslandOf = (html: string): Island =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the page's script takes it for
  JSON.parse(/id="charts">([\s\S]*?)<\/script>/u.exec(html)?.[1] ?? '') as Island;

const document = validationReport(madeUpValidation());
const options = { runtime: RUNTIME, drillDown: drillDown(madeUpValidation()) };
const page = await renderHtml(document, options);
const island = chartIslandOf(page);
const all = (pattern: RegExp): string[] => [...page.matchAll(pattern)].map(([, found]) => found!);

describe('HTML report', () => {
  it('asks the network for nothing', () => {
    expect(all(/\s(?:src|href|xlink:href)="([^"]*)"/gu).filter((target) => !target.startsWith('#'))).toEqual(
      [],
    );
    expect(page).toContain(`content="default-src 'none'; script-src 'sha256-`);
    expect(page).not.toMatch(/url\((?!#)/u);
  });

  it('allows exactly the scripts it holds', () => {
    const scripts = all(/<script>([\s\S]*?)<\/script>/gu);
    const hashes = scripts.map(
      (source) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`,
    );
    expect(all(/script-src ([^;]*);/gu)).toEqual([hashes.join(' ')]);
  });

  it('has a working contents list and unique ids', () => {
    const ids = all(/\sid="([^"]*)"/gu);
    expect(new Set(ids).size).toBe(ids.length);
    for (const target of all(/\shref="#([^"]*)"/gu)) expect(ids).toContain(target);
  });

  it('captions every table, heads every row and describes every chart', () => {
    const tables = all(/<table>([\s\S]*?)<\/table>/gu);
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) expect(table).toMatch(/^<caption>[^<]+<\/caption>[\s\S]*<th scope="row">/u);
    const figures = all(/<figure id="[^"]*">\s*(<div class="chart"[^>]*>)/gu);
    expect(figures.length).toBeGreaterThan(5);
    for (const figure of figures) expect(figure).toMatch(/role="img" aria-label="[^"]{20,}"/u);
  });

  it('can make every chart of the report interactive, from data of its own', () => {
    const drawn = document.flatMap((block) => (block.kind === 'figure' ? block.id : []));
    for (const id of drawn) expect(island.charts[id]).toHaveProperty('spec');
    expect(JSON.stringify(island)).not.toContain('"url"');
  });

  it('offers every chart, those of single runs too, as a table', () => {
    expect(Object.keys(island.charts).toSorted()).toEqual(all(/<figure id="([^"]*)">/gu).toSorted());
    for (const { columns, rows } of Object.values(island.charts)) {
      expect(island.rows[rows]?.length).toBeGreaterThan(0);
      for (const row of island.rows[rows] ?? []) expect(row).toHaveLength(columns.length);
    }
  });

  it('is the same bytes again', async () => {
    expect(await renderHtml(document, options)).toBe(page);
  });
});

describe('charts as files', () => {
  it('are the ones that the Markdown names', async () => {
    const figures = await drawFigures(document);
    const markdown = renderMarkdown(document, (id) => `figures/${id}.svg`);
    const named = [...markdown.matchAll(/\]\(figures\/(.*)\.svg\)/gu)].map(([, id]) => id);
    expect(named).toEqual(Object.keys(figures));
    for (const svg of Object.values(figures)) expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/u);
  });
});
