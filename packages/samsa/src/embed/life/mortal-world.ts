import type { World } from '@samsa/base'
import type { Life } from './life.ts'
import { MortalClock } from './mortal-clock.ts'
import { MortalDisk } from './mortal-disk.ts'
import { MortalNetwork } from './mortal-network.ts'

/** A world as one run of a process has it: timers, files and connections end with the life. */
export interface MortalWorld extends World {
  readonly network: MortalNetwork
}

export function mortalWorld(world: World, life: Life): MortalWorld {
  return {
    clock: new MortalClock(world.clock, life),
    random: world.random,
    disk: new MortalDisk(world.disk, life),
    network: new MortalNetwork(world.network, life),
  }
}
