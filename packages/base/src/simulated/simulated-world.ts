import { assert } from '../assert.ts'
import type { World } from '../world.ts'
import type { Host } from './host.ts'
import { NetworkFabric } from './network-fabric.ts'
import { Scheduler, settlePromises } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import { Trace } from './trace.ts'

export interface SimulationOptions {
  /** The name of the first machine. Default 'localhost'. */
  name?: string
  /** Keeps the last events as text in `trace.lines`. */
  keepTrace?: boolean
}

/**
 * A machine of a simulation: one process on one disk in one network. Everything it does follows from the seed.
 *
 * Time passes only inside `advance`, `run` and `finish`. Code under test awaits its own promises as always; the test
 * awaits them through `finish`, because nothing settles while no time passes.
 */
export interface SimulatedWorld extends World {
  readonly seed: number
  readonly name: string
  readonly clock: SimulatedClock
  readonly random: SeededRandom
  readonly disk: SimulatedDisk
  readonly network: SimulatedNetwork
  /** The wires, shared by all machines of the simulation: partitions, delays, dropped connections. */
  readonly wires: NetworkFabric
  /** What happened on all machines. */
  readonly trace: Trace
  /** Lets that much time pass and everything happen that falls into it. */
  advance(ms: number): Promise<void>
  /** Lets things happen until nothing is left to happen, at most for `limitMs` (one hour). */
  run(limitMs?: number): Promise<void>
  /** Lets things happen until the promise settles; its outcome. Throws when it cannot settle within `limitMs`. */
  finish<T>(promise: Promise<T>, limitMs?: number): Promise<T>
  /**
   * Cuts this machine's power: timers, connections and open files of its process are dead at once, unsynced data is
   * lost as the seed says. Afterwards the same world can be used by a new process, as after a reboot.
   */
  powerCut(): void
  /** Kills this machine's process as `kill -9` does: like a power cut, but what was written stays. */
  kill(): void
  /** Another machine in the same simulation; the same one for the same name. */
  host(name: string): SimulatedWorld
}

const HOUR_MS = 3_600_000

/** Makes a simulated world. The same seed and the same calls give the same run, to the byte. */
export function simulatedWorld(seed: number, options: SimulationOptions = {}): SimulatedWorld {
  const simulation = new Simulation(seed, options.keepTrace ?? false)
  return simulation.host(options.name ?? 'localhost')
}

class Simulation {
  readonly seed: number
  readonly scheduler = new Scheduler()
  readonly trace: Trace
  readonly random: SeededRandom
  readonly wires: NetworkFabric
  readonly #machines = new Map<string, Machine>()
  #isRunning = false

  constructor(seed: number, keepTrace: boolean) {
    this.seed = seed
    this.trace = new Trace(keepTrace)
    this.random = new SeededRandom(seed)
    this.wires = new NetworkFabric(this.scheduler, this.random.fork(), this.trace)
  }

  host(name: string): Machine {
    const known = this.#machines.get(name)
    if (known !== undefined) return known
    const machine = new Machine(this, name)
    this.#machines.set(name, machine)
    return machine
  }

  /** Runs what happens within the given time, until `isDone`; whether it is. */
  async runFor(ms: number, isDone: () => boolean): Promise<boolean> {
    assert(!this.#isRunning, 'two calls let time pass at once: await several promises in one `finish`')
    this.#isRunning = true
    try {
      const untilMs = this.scheduler.nowMs + ms
      await settlePromises()
      while (!isDone()) {
        if (!(await this.scheduler.step(untilMs))) break
      }
      return isDone()
    } finally {
      this.#isRunning = false
    }
  }
}

class Machine implements SimulatedWorld {
  readonly seed: number
  readonly name: string
  readonly clock: SimulatedClock
  readonly random: SeededRandom
  readonly disk: SimulatedDisk
  readonly network: SimulatedNetwork
  readonly wires: NetworkFabric
  readonly trace: Trace
  readonly #simulation: Simulation
  readonly #host: Host

  constructor(simulation: Simulation, name: string) {
    const { seed, scheduler, trace, random, wires } = simulation
    this.#simulation = simulation
    this.seed = seed
    this.name = name
    this.wires = wires
    this.trace = trace
    this.random = random.fork()
    this.#host = { name, scheduler, trace, chance: random.fork(), life: { isOver: false } }
    this.clock = new SimulatedClock(this.#host)
    this.disk = new SimulatedDisk(this.#host)
    this.network = new SimulatedNetwork(this.#host, wires)
  }

  async advance(ms: number): Promise<void> {
    const { scheduler } = this.#simulation
    const untilMs = scheduler.nowMs + ms
    await this.#simulation.runFor(ms, () => false)
    scheduler.nowMs = untilMs
  }

  async run(limitMs = HOUR_MS): Promise<void> {
    await this.#simulation.runFor(limitMs, () => false)
  }

  async finish<T>(promise: Promise<T>, limitMs = HOUR_MS): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    const isDone = await this.#simulation.runFor(limitMs, () => isSettled)
    assert(isDone, `seed ${this.seed}: the promise did not settle within ${limitMs} simulated milliseconds`)
    return promise
  }

  powerCut(): void {
    this.#endLife(false)
    this.disk.losePower()
  }

  kill(): void {
    this.#endLife(true)
    this.disk.loseProcess()
  }

  host(name: string): SimulatedWorld {
    return this.#simulation.host(name)
  }

  #endLife(peersLearnAtOnce: boolean): void {
    this.#host.life.isOver = true
    this.#host.life = { isOver: false }
    for (const connection of [...this.wires.connections]) {
      if (connection.host === this.#host) connection.loseLife(peersLearnAtOnce)
    }
  }
}
