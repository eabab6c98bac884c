import { currentPlace } from '../../app/routes.ts';
import { type Machine, machineKey } from '../../app/store/inventory.ts';
import { connectionOf, machineByKey } from '../../app/store/inventory-store.ts';
import { selectedMachines } from './machines-store.ts';
import { applicable, type Verb } from './verbs.ts';

/** What a command is about: the machine whose page is open, or what is selected in the list. */
export function targets(): readonly Machine[] {
  const place = currentPlace();
  if (place.name === 'machine' || place.name === 'console') {
    const machine = machineByKey(machineKey(place.machine.uri, place.machine.uuid));
    return machine === undefined ? [] : [machine];
  }
  return place.name === 'machines' ? selectedMachines() : [];
}

export function targetsOf(verb: Verb): readonly Machine[] {
  return applicable(verb, targets(), connectionOf);
}
