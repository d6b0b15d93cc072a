import { isAbsolute } from 'node:path';
import * as z from 'zod';

const stays = (path: string): boolean =>
  !isAbsolute(path) && !/^[A-Za-z]:/u.test(path) && !path.split(/[\\/]/u).includes('..');

/** A reference to a file: what somebody else's suite names stays inside the folder it is read from. */
export const insidePath = z
  .string()
  .min(1)
  .refine(stays, { error: 'must be a path that does not leave its folder: relative, without `..`' });
