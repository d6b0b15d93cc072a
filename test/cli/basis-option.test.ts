import { expect, it } from 'vitest';
import { BASES } from '../../src/basis/index.js';
import { basisOption } from '../../src/cli/arguments/basis-option.js';

it('--basis offers every basis that ships', () => {
  expect(basisOption().argChoices?.toSorted()).toEqual(BASES.map(({ name }) => name).toSorted());
});
