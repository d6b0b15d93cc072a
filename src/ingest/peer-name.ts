/** What reports call Trueline's own predictions. */
const OURS = 'trueline';

/** Why a peer cannot be called `simulator`: reports tell peers apart by name. Undefined when it can. */
export function takenName(simulator: string): string | undefined {
  if (simulator.trim() === '') return '`simulator` is empty';
  if (simulator.toLowerCase() !== OURS) return undefined;
  return `a peer is called \`${simulator}\`, as Trueline's own predictions are`;
}
