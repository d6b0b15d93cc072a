import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const installed = createRequire(import.meta.url);

/** Text of a file that lies in the same folder as a package's main file. */
const besideMain = (name: string, file: string): string =>
  readFileSync(join(dirname(installed.resolve(name)), file), 'utf8');

/** The one line a package's module begins with or ends in. */
const IMPORTS = /^import \{([^}]*)\} from 'vega-util';/mu;
const EXPORTS = /^export \{ expression as expressionInterpreter \};$/mu;

/**
 * Source of Vega's runtime for a page, as the globals `vega` and `expressionInterpreter`. The interpreter is published as a
 * module only; what it imports is part of `vega`.
 */
export function readChartRuntime(): string {
  const vega = besideMain('vega', 'vega.min.js');
  const module = besideMain('vega-interpreter', 'vega-interpreter.js');
  if (!IMPORTS.test(module) || !EXPORTS.test(module))
    throw new Error('vega-interpreter is not the pinned one');
  const body = module
    .replace(IMPORTS, (_, names: string) => `const {${names}} = vega;`)
    .replace(EXPORTS, 'return expression;')
    .replace(/^\/\/# sourceMappingURL.*$/mu, '');
  return `${vega.replace(/^\/\/# sourceMappingURL.*$/mu, '')}\nconst expressionInterpreter = (() => {\n${body}\n})();\n`;
}
