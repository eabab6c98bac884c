import type { Numa } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { invalidDefinition } from '../errors.ts';
import type { Pass } from '../types.ts';

type Cell = Numa['cell'][number];

/** NUMA cells stand in the order of their numbers; CPUs that none names belong to the first. */
export const completeNuma: Pass = ({ cpu, vcpu }) => {
  const cells = cpu?.numa?.cell ?? [];
  cells.forEach((cell, index) => {
    cell.id ??= index;
  });
  cells.sort((left, right) => (left.id ?? 0) - (right.id ?? 0));
  const [first] = cells;
  if (first === undefined) return;
  if (cells.some((cell, index) => cell.id !== index)) {
    throw invalidDefinition(say`The NUMA <cell>s of the guest are not numbered 0, 1, 2 …`);
  }
  const named = new Set(cells.flatMap((cell) => cell.cpus ?? []));
  if (named.size < vcpu.value) {
    const rest = Array.from({ length: vcpu.value }, (_, id) => id).filter((id) => !named.has(id));
    first.cpus = [...(first.cpus ?? []), ...rest].sort((left, right) => left - right);
  }
  completeDistances(cells);
};

/** What ACPI says of a node and itself. */
const own = 10;

/** It is as far from there to here as from here to there. */
function completeDistances(cells: readonly Cell[]): void {
  const given = cells.map((cell) => new Map(cell.distances?.sibling.map(({ id, value }) => [id, value])));
  given.forEach((distances, from) => {
    for (const [to, value] of [...distances]) {
      const back = given[to];
      if (back === undefined)
        throw invalidDefinition(say`<distances> of cell ${from} speak of cell ${to}, which is not there.`);
      if (to !== from && !back.has(from)) back.set(from, value);
    }
  });
  given.forEach((distances, id) => {
    const cell = cells[id];
    if (cell === undefined || distances.size === 0) return;
    if (!distances.has(id)) distances.set(id, own);
    const sibling = [...distances].map(([to, value]) => ({ id: to, value })).sort((left, right) => left.id - right.id);
    cell.distances = { ...cell.distances, sibling };
  });
}
