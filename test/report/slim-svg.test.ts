import { describe, expect, it } from 'vitest';
import { slimSvg } from '../../src/report/charts/slim-svg.js';

const text = (font: string): string => `<text font-family="${font}">a</text>`;

describe('a slimmer drawing', () => {
  it('loses what shows nothing: worked by hand', () => {
    expect(
      slimSvg(
        '<g class="a" role="b" aria-hidden="true"><path class="background" aria-hidden="true" d="M0,0h9v9Z"/>' +
          '<line transform="translate(1.23456,0)" x2="0" y2="-5.5" opacity="1" stroke-opacity="0.12"/></g>',
      ),
    ).toBe('<g><line transform="translate(1.2,0)" y2="-5.5" stroke-opacity="0.12"/></g>');
  });

  it('says a font once when all texts share it', () => {
    expect(slimSvg(`<svg>${text('serif')}${text('serif')}</svg>`)).toBe(
      '<svg font-family="serif"><text>a</text><text>a</text></svg>',
    );
    const mixed = `<svg>${text('serif')}${text('mono')}</svg>`;
    expect(slimSvg(mixed)).toBe(mixed);
  });

  it('keeps outlines that are seen, and texts that look like attributes', () => {
    const seen = '<path d="M0,0h9v9Z" stroke="red"/><text>a role="b" 1.23456</text>';
    expect(slimSvg(seen)).toBe(seen);
  });
});
