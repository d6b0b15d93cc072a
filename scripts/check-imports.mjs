// Runs dependency-cruiser over src and fails on a forbidden import, or when it silently saw no modules.
import { execFileSync } from 'node:child_process';

const run = () => {
  try {
    return execFileSync(
      'npx',
      ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
  } catch (error) {
    return error.stdout; // non-zero exit means violations, which the report lists
  }
};
const { modules, summary } = JSON.parse(run());
const own = modules.filter((module) => module.source.startsWith('src/')).length;
for (const violation of summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
}
if (own < 20) throw new Error(`only ${own} modules were analysed; the check is not running`);
if (summary.violations.length > 0) process.exit(1);
console.log(`imports: ${own} modules, every import goes the allowed way`);
