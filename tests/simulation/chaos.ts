import type { SeededRandom } from '@samsa/base'
import type { BrokerMachine } from './broker-machine.ts'
import type { History } from './history.ts'

export interface ChaosPlan {
  /** How many faults there are. */
  readonly faults: number
  /** The time between two, at most. */
  readonly calmMs: number
  readonly weights: Readonly<Record<FaultName, number>>
}

export const faultNames = [
  'powerCut',
  'kill',
  'stop',
  'dropConnections',
  'cutNetwork',
  'slowDisk',
  'syncFails',
  'writeFails',
  'diskFull',
] as const
export type FaultName = (typeof faultNames)[number]

const MACHINES = ['producers', 'consumers', 'admins'] as const

/** What goes wrong, one thing after the other, until the plan is through; then all is well again. */
export class Chaos {
  readonly #machine: BrokerMachine
  readonly #plan: ChaosPlan
  readonly #random: SeededRandom
  readonly #history: History
  readonly #clock
  /** A disk failed, so that partitions may be out of service until the next start. */
  #needsRestart = false

  constructor(machine: BrokerMachine, plan: ChaosPlan, random: SeededRandom, history: History) {
    this.#machine = machine
    this.#plan = plan
    this.#random = random
    this.#history = history
    this.#clock = machine.world.host('chaos').clock
  }

  async run(): Promise<void> {
    const { disk } = this.#machine.world
    const usualSyncMs = disk.syncMs
    for (let i = 0; i < this.#plan.faults; i++) {
      await this.sleep(this.#random.between(0, this.#plan.calmMs))
      await this.#strike(this.#pick())
    }
    disk.syncMs = usualSyncMs
    if (this.#needsRestart) await this.#restart('kill')
    this.#history.note('chaos is over')
  }

  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.#clock.timer(ms, resolve))
  }

  /** Ends the process one way or the other, and starts another one. */
  async end(how: 'powerCut' | 'kill' | 'stop'): Promise<void> {
    await this.#restart(how)
  }

  #pick(): FaultName {
    const total = faultNames.reduce((sum, name) => sum + this.#plan.weights[name], 0)
    let left = this.#random.between(0, total)
    for (const name of faultNames) {
      left -= this.#plan.weights[name]
      if (left < 0) return name
    }
    return 'kill'
  }

  async #strike(fault: FaultName): Promise<void> {
    const { world } = this.#machine
    const { wires, disk } = world
    switch (fault) {
      case 'powerCut':
      case 'kill':
      case 'stop':
        return this.#restart(fault)
      case 'dropConnections':
        this.#history.note('drop connections')
        wires.dropConnections({ chance: this.#random.between(0, 1) })
        return
      case 'cutNetwork': {
        const machine = this.#random.pick(MACHINES)
        this.#history.note(`cut off ${machine}`)
        wires.partition('broker', machine)
        await this.sleep(this.#random.between(0, 800))
        wires.heal('broker', machine)
        return
      }
      case 'slowDisk':
        this.#history.note('slow disk')
        disk.syncMs = this.#random.pick([
          [0.05, 0.2],
          [5, 50],
          [50, 600],
        ])
        return
      case 'syncFails':
      case 'writeFails':
        return this.#diskFails(fault === 'syncFails' ? 'sync' : 'write')
      case 'diskFull':
        return this.#fillDisk()
    }
  }

  async #diskFails(operation: 'sync' | 'write'): Promise<void> {
    const path = this.#random.pick(['', '/data/base', '/data/churn', '.log', '__', 'checkpoint'])
    this.#history.note(`${operation} fails below '${path}'`)
    this.#machine.isDiskFaulty = true
    this.#needsRestart = true
    const times = 1 + this.#random.integer(3)
    const mend = this.#machine.world.disk.inject({ operation, code: 'IO', path, times })
    await this.sleep(this.#random.between(0, 200))
    mend()
    // Sometimes what follows comes upon a broker with partitions out of service.
    if (this.#random.chance(0.7)) await this.#restart(this.#pickEnd())
  }

  async #fillDisk(): Promise<void> {
    const { disk } = this.#machine.world
    const { totalBytes, freeBytes } = disk.space('/data')
    const room = this.#random.integer(20_000)
    this.#history.note(`${room} bytes are left on the disk`)
    this.#machine.isDiskFaulty = true
    disk.capacityBytes = totalBytes - freeBytes + room
    await this.sleep(this.#random.between(0, 300))
    if (this.#random.chance(0.2)) await this.#restart(this.#pickEnd())
    disk.capacityBytes = Number.POSITIVE_INFINITY
    this.#history.note('there is room on the disk')
    if (!this.#machine.isServing) await this.#restart('kill')
    this.#machine.isDiskFaulty = this.#needsRestart
  }

  #pickEnd(): 'powerCut' | 'kill' | 'stop' {
    const { powerCut, kill, stop } = this.#plan.weights
    const drawn = this.#random.between(0, powerCut + kill + stop)
    return drawn < powerCut ? 'powerCut' : drawn < powerCut + kill ? 'kill' : 'stop'
  }

  async #restart(how: 'powerCut' | 'kill' | 'stop'): Promise<void> {
    // A process dies between two events, never in the middle of what it does at one.
    await this.sleep(0)
    if (how === 'powerCut') this.#machine.powerCut()
    else if (how === 'kill') this.#machine.kill()
    else if (this.#random.chance(0.8)) await this.#machine.stop()
    else await this.#stopAndDie()
    await this.sleep(this.#random.between(0, 20))
    this.#needsRestart = false
    this.#machine.isDiskFaulty = this.#machine.world.disk.capacityBytes < Number.POSITIVE_INFINITY
    this.#machine.start()
    // Sometimes the next fault hits a broker that is about to start.
    if (this.#random.chance(0.8)) await this.#serving()
  }

  /** The process is told to stop, and dies before it is done. */
  async #stopAndDie(): Promise<void> {
    const stopped = this.#machine.stop()
    await this.sleep(this.#random.between(0, 10))
    if (this.#plan.weights.powerCut > 0 && this.#random.chance(0.5)) this.#machine.powerCut()
    else this.#machine.kill()
    void stopped
  }

  async #serving(): Promise<void> {
    for (let i = 0; i < 100 && !this.#machine.isServing; i++) await this.sleep(5)
  }
}
