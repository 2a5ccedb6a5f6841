// Large values that several functions read: each is copied into linear memory once, and stays until none of the
// functions is left.

import type { Machine } from './machine.ts';

export interface Resident {
  readonly address: number;
}

/** Values by identity: whoever shares them must not change them. */
export interface Residents {
  /** The copy on this machine, made by `copy` when it is not there yet. */
  readonly of: (machine: Machine, from: ArrayLike<number>, kind: 'f64' | 'f32' | 'i32', copy: (address: number) => void) => Resident;
  /** Takes charge of a block of memory that lives as long as its owner, but no longer than the values here. */
  readonly adopt: (machine: Machine, owner: object, address: number) => void;
  /** Gives the memory back at once, when none of the functions will be called again. */
  readonly release: () => void;
}

/** Below this many entries a copy of one's own costs nothing. */
export const FEW_TO_SHARE = 4096;

export function newResidents(): Residents {
  const there = new WeakMap<Machine, Map<ArrayLike<number>, Map<string, Resident>>>();
  let owned: (() => void)[] = [];
  const adopt: Residents['adopt'] = (machine, owner, address) => {
    machine.releaseWith(owner, address);
    const held = new WeakRef(owner);
    owned.push(() => {
      const one = held.deref();
      if (one) machine.releaseNow(one, address);
    });
  };
  return {
    of: (machine, from, kind, copy) => {
      const all = there.get(machine) ?? new Map<ArrayLike<number>, Map<string, Resident>>();
      there.set(machine, all);
      const kinds = all.get(from) ?? new Map<string, Resident>();
      all.set(from, kinds);
      const found = kinds.get(kind);
      if (found) return found;
      const resident: Resident = { address: machine.context.memory.allocate(from.length * (kind === 'f64' ? 8 : 4)) };
      adopt(machine, resident, resident.address);
      copy(resident.address);
      kinds.set(kind, resident);
      return resident;
    },
    adopt,
    release: () => {
      for (const one of owned) one();
      owned = [];
    },
  };
}
