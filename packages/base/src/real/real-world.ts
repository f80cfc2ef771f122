import type { World } from '../world.ts'
import { RealClock } from './real-clock.ts'
import { RealDisk } from './real-disk.ts'
import { RealNetwork } from './real-network.ts'
import { RealRandom } from './real-random.ts'

/** The operating system: what production runs on. */
export function realWorld(): World {
  return {
    clock: new RealClock(),
    random: new RealRandom(),
    disk: new RealDisk(),
    network: new RealNetwork(),
  }
}
