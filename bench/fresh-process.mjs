/** Measurements that must not see the heap of others. */
import { spawnSync } from 'node:child_process';

/**
 * Calls an exported function in a Node process of its own and returns what it returned.
 * @param module URL of the module
 * @param name of the exported function, sync or async
 * @param argument of the function, and its result: values that JSON can hold
 */
export function inFreshProcess(module, name, argument) {
  const call = `import(${JSON.stringify(module)})
    .then((exports) => exports[${JSON.stringify(name)}](${JSON.stringify(argument)}))
    .then((result) => process.stdout.write(JSON.stringify(result)));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', call], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  return JSON.parse(stdout);
}
