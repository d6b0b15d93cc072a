/** `npm run bench`: every benchmark, or those named on the command line. Prints figures, asserts nothing. */
const BENCHES = ['simulate', 'fit', 'ingest', 'suite'];

const named = process.argv.slice(2);
for (const bench of named.length > 0 ? named : BENCHES) {
  console.log(`== ${bench}`);
  const { run } = await import(`./${bench}.mjs`);
  await run();
}
