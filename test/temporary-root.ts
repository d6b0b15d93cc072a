import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every temporary folder of the tests and of what they start lies in one, which is gone when they have run. */
export default function temporaryRoot(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'trueline-tests-'));
  process.env['TMPDIR'] = root;
  return () => rmSync(root, { recursive: true, force: true });
}
