/**
 * Import directions of docs/architecture.md, checked in CI. Each layer may import the layers listed for it and the
 * leaves; nothing else. `scripts/check-imports.mjs` also asserts that modules were found at all.
 */
const LEAVES = '^src/(errors|units|random)\\.ts$|^src/(stats|text|types)/';
const ALLOWED = {
  trace: ['trace'],
  ingest: ['ingest', 'trace'],
  lint: ['lint', 'trace'],
  basis: ['basis', 'trace'],
  coefficients: ['coefficients', 'basis', 'trace'],
  fit: ['fit', 'coefficients', 'basis', 'trace'],
  engine: ['engine', 'coefficients', 'trace'],
  observe: ['observe', 'engine', 'ingest', 'trace'],
  validate: ['validate', 'engine', 'coefficients', 'basis', 'trace'],
  gate: ['gate', 'validate', 'trace'],
  record: ['record', 'validate', 'trace'],
  report: ['report', 'gate', 'record', 'lint', 'validate', 'fit', 'engine', 'coefficients', 'basis', 'trace'],
};

const layerRules = Object.entries(ALLOWED).map(([layer, allowed]) => ({
  name: `${layer}-imports-one-way`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: [LEAVES, `^src/(${allowed.join('|')})/`] },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'leaves-import-leaves',
      severity: 'error',
      from: { path: LEAVES },
      to: { path: '^src/', pathNot: [LEAVES] },
    },
    {
      name: 'only-readers-touch-the-disk',
      comment: 'ingest and coefficients read files, cli reads and writes them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ingest|coefficients|cli)/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|fs/promises|child_process|net|http|https)$' },
    },
    {
      name: 'help-loads-no-work',
      comment: 'what commands take is loaded at every start: types aside, only tables that import nothing',
      severity: 'error',
      from: { path: '^src/cli/arguments/' },
      to: {
        path: '^src/',
        pathNot: [LEAVES, '^src/cli/', '^src/engine/workload/presets\\.ts$', '^src/fit/leave-out-keys\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    ...layerRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
