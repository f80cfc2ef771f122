import type { Connection } from '../world.ts'
import type { Host } from './host.ts'
import type { Life, Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedConnection } from './simulated-connection.ts'
import type { Trace } from './trace.ts'

export interface SimulatedListening {
  readonly host: Host
  readonly life: Life
  readonly accept: (connection: Connection) => void
}

/** The wires between all simulated machines, and what is wrong with them. */
export class NetworkFabric {
  /** How long a segment travels: a time between the two, drawn for each; segments of one direction stay in order. */
  latencyMs: readonly [number, number] = [0.05, 1]
  /** How many bytes a direction of a connection holds between writer and reader. */
  windowBytes = 64 * 1024
  readonly scheduler: Scheduler
  readonly chance: SeededRandom
  readonly trace: Trace
  readonly listening = new Map<string, SimulatedListening>()
  readonly connections = new Set<SimulatedConnection>()
  readonly hosts = new Set<string>()
  readonly #cuts = new Set<string>()
  #nextPort = 40_000

  constructor(scheduler: Scheduler, chance: SeededRandom, trace: Trace) {
    this.scheduler = scheduler
    this.chance = chance
    this.trace = trace
  }

  freePort(): number {
    return this.#nextPort++
  }

  latency(): number {
    return this.chance.between(...this.latencyMs)
  }

  /** Nothing passes between two hosts until `heal`; connections stay and wait, as TCP's do. */
  partition(a: string, b: string): void {
    this.#cuts.add(pair(a, b))
    this.record('partition', pair(a, b))
  }

  /** Ends the partition between two hosts, or all partitions; what was held back arrives. */
  heal(a?: string, b?: string): void {
    if (a !== undefined && b !== undefined) this.#cuts.delete(pair(a, b))
    else this.#cuts.clear()
    this.record('heal', '')
    for (const connection of this.connections) connection.deliverHeldBack()
  }

  isCut(a: string, b: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(pair(a, b))
  }

  /**
   * Kills connections, each with a probability, between two hosts or all. The two ends learn of it at different
   * times, one of them possibly only when it writes, and bytes on the way are lost.
   */
  dropConnections(options: { between?: readonly [string, string]; chance?: number } = {}): void {
    const wanted = options.between === undefined ? undefined : pair(...options.between)
    for (const connection of [...this.connections].filter(({ isOpener }) => isOpener)) {
      if (wanted !== undefined && wanted !== pair(connection.host.name, connection.peerHostName)) continue
      if (this.chance.chance(options.chance ?? 1)) connection.breakDown()
    }
  }

  record(event: string, detail: string, size = 0, content?: Uint8Array): void {
    this.trace.record(this.scheduler.nowMs, `network ${event}`, detail, size, content)
  }
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
