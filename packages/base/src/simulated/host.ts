import type { Life, Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Trace } from './trace.ts'

/** What the parts of one simulated machine share. */
export interface Host {
  readonly name: string
  readonly scheduler: Scheduler
  readonly trace: Trace
  /** Decides faults and delays; not the one handed to the program. */
  readonly chance: SeededRandom
  /** The present run of the machine's process. */
  life: Life
}
