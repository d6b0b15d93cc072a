import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { heading, left, list, paragraph, table, type ReportDocument } from '../../src/report/document.js';
import { escapeMarkdown, renderMarkdown } from '../../src/report/render-markdown.js';
import { renderTerminal } from '../../src/report/render-terminal.js';

const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '|',
        '\\',
        '\n',
        '<script>',
        '`',
        '[a](javascript:b)',
        '$x$',
        '@all',
        'https://a.b',
        '# ',
        '- ',
        '1. ',
        '***',
        '\u001b[31m',
        '\u001b]0;title\u0007',
        '\u202e',
        '=1+1',
        '&lt;',
        '~~',
        '![',
        'www.x.y',
        'text',
      ),
    )
    .map((parts) => parts.join('')),
);

const documentWith = (text: string): ReportDocument => [
  heading(2, text),
  paragraph(text),
  list([text, 'next']),
  ...table([left('a'), left('b')], [[text, 'end']]),
];

describe('Markdown', () => {
  it('shows markup as text', () => {
    expect(escapeMarkdown('a|b <b>*x*</b> `c` $d$ [e](f)')).toBe(
      String.raw`a\|b &lt;b&gt;\*x\*&lt;/b&gt; \`c\` \$d\$ \[e\](f)`,
    );
    expect(escapeMarkdown('see https://a.b or www.c.d, ask @me')).toBe(
      'see https&#58;//a.b or www&#46;c.d, ask &#64;me',
    );
  });

  it('opens no block at the start of a line', () => {
    expect(renderMarkdown([paragraph('# x'), paragraph('- x'), paragraph('1. x'), paragraph('=== x')])).toBe(
      '\\# x\n\n\\- x\n\n1\\. x\n\n\\=== x\n',
    );
  });

  test.prop([hostile], { numRuns: 300 })('keeps its shape whatever the text', (text) => {
    const rendered = renderMarkdown(documentWith(text));
    const blocks = rendered.split('\n\n');
    expect(blocks).toHaveLength(4);
    expect(blocks[0]).toMatch(/^## /u);
    expect(blocks[2]!.split('\n')).toHaveLength(2);
    const rows = blocks[3]!.trimEnd().split('\n');
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.replaceAll(/\\[\\|]/gu, '').match(/\|/gu)).toHaveLength(3);
  });

  test.prop([hostile], { numRuns: 300 })('leaves nothing that opens markup', (text) => {
    const inert = escapeMarkdown(text).replaceAll(/\\[\\`*_[\]|$~]/gu, '');
    expect(inert).not.toMatch(/[`*_[\]|$~<>@]|:\/\/|www\./u);
  });
});

describe('terminal', () => {
  test.prop([hostile], { numRuns: 300 })('shows no control or invisible character from outside', (text) => {
    const rendered = renderTerminal(documentWith(text), { colour: false });
    expect(rendered.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('wraps running text and lists between words', () => {
    const long = Array.from({ length: 60 }, () => 'word').join(' ');
    const lines = renderTerminal([paragraph(long), list([long])], { colour: false }).split('\n');
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(lines.join(' ').match(/word/gu)).toHaveLength(120);
  });

  it('keeps commands, and numbers with their unit, on one line', () => {
    const command = '`trueline fit validation/public-suite --out coefficients.json`';
    for (let words = 0; words < 25; words++) {
      const text = `${'word '.repeat(words)}${command} 12 %`;
      const lines = renderTerminal([paragraph(text)], { colour: false }).split('\n');
      expect(lines.filter((line) => line.includes(command))).toHaveLength(1);
      expect(lines.some((line) => line.startsWith('%'))).toBe(false);
      expect(lines.join(' ')).toBe(text);
    }
  });

  it('colours by meaning only when asked to', () => {
    const blocks = [paragraph('fine', 'good'), paragraph('wrong', 'bad')];
    expect(renderTerminal(blocks, { colour: true })).toContain('\u001b[31mwrong');
    expect(renderTerminal(blocks, { colour: false })).toBe('fine\n\nwrong');
  });
});
