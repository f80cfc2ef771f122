import { RealClock } from '../real/real-clock.ts'
import type { Clock, World } from '../world.ts'
import { MemoryDisk } from './memory-disk.ts'
import { MemoryNetwork } from './memory-network.ts'
import { MemoryRandom } from './memory-random.ts'

/** A world whose disk and network are inside the process. */
export interface MemoryWorld extends World {
  readonly disk: MemoryDisk
  readonly network: MemoryNetwork
}

/**
 * Makes a world with a disk and a network in memory: a broker in it opens no file and no socket.
 *
 * @param clock the operating system's unless given
 */
export function memoryWorld(clock: Clock = new RealClock()): MemoryWorld {
  return { clock, random: new MemoryRandom(), disk: new MemoryDisk(), network: new MemoryNetwork(clock) }
}
