import * as z from 'zod';
import { coefficientFileSchema } from './coefficient-file.js';

/** JSON Schema (draft 2020-12) of coefficient files, format version 1, as Trueline itself checks them. */
export const coefficientJsonSchema = (): unknown => ({
  ...z.toJSONSchema(coefficientFileSchema),
  title: 'Trueline coefficient set, format version 1',
});
