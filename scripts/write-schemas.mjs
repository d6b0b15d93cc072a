// Regenerates docs/schemas from the schemas that files are read with. Run after `npm run build`; a test checks that they
// are current.
import { writeFileSync } from 'node:fs';
import { renderValidationResultSchema } from '../dist/cli/validation-result-file.js';

writeFileSync(
  new URL('../docs/schemas/validation-result.schema.json', import.meta.url),
  renderValidationResultSchema(),
);
