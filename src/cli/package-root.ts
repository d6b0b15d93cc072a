import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package, whatever the current directory: both `src/cli` and `dist/cli` lie two levels below it. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the package ships besides code, by folder name. */
export type ShippedFolder = 'coefficients' | 'traces' | 'validation';

/** Absolute path of shipped data, e.g. `shippedPath('validation', 'public-suite')`. */
export const shippedPath = (folder: ShippedFolder, ...parts: readonly string[]): string =>
  join(PACKAGE_ROOT, folder, ...parts);

/** Version of the installed package, as `package.json` has it. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('package.json states no version');
}
