import { describe, expect, it } from 'vitest';
import { count, ms, pct, ratio, share, signedPct, significant, withError } from '../../src/report/format.js';

describe('numbers', () => {
  it('round to a fixed number of digits', () => {
    expect([ms(7.684), ms(99.994), ms(1234.56)]).toEqual(['7.68', '99.99', '1234.6']);
    expect([pct(1.25), signedPct(1.26), signedPct(-1.26)]).toEqual(['1.3', '+1.3', '-1.3']);
    expect([share(0.5), share(0.004), share(0), ratio(0.98765)]).toEqual(['50 %', '0.4 %', '0 %', '0.988']);
    expect(count(12.6)).toBe('13');
  });

  it('never say minus zero', () => {
    expect([signedPct(-0.04), pct(-0.01), ms(-0.001)]).toEqual(['0.0', '0.0', '0.00']);
  });

  it('show four digits of a value of any size', () => {
    expect([0, 1, 8.2412, 1817.4, 0.01234567, 123_456].map(significant)).toEqual([
      '0',
      '1.000',
      '8.241',
      '1817',
      '0.01235',
      '123456',
    ]);
    expect([significant(1.5e-9), significant(2.5e9)]).toEqual(['1.500e-9', '2.500e+9']);
  });

  it('show what is missing as missing', () => {
    expect([ms(undefined), pct(NaN), significant(Infinity)]).toEqual(['–', '–', '–']);
  });
});

describe('a value with its error', () => {
  it('shows two digits of the error and as many decimals of the value', () => {
    expect([withError(8.2412, 0.5123), withError(29.4, 85.2), withError(1817.3, 1234)]).toEqual([
      '8.24 ± 0.51',
      '29 ± 85',
      '1817 ± 1234',
    ]);
    expect(withError(1, 0)).toBe('1.000');
  });
});
