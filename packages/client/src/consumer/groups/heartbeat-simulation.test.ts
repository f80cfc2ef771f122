import { type SimulatedWorld, silentLogger, simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { Cluster } from '../../cluster/index.ts'
import { readConfig } from '../../config/read-config.ts'
import type { TopicPartition } from '../../records/consumer-record.ts'
import { ModelledCoordinator } from '../../testing/modelled-coordinator.ts'
import { consumerConfig } from '../consumer-config.ts'
import type { GroupHost } from './group-member.ts'
import { HeartbeatMember } from './heartbeat-member.ts'

// Members of the new protocol (KIP-848) and a coordinator that moves, on a network that breaks: what SPEC.md says must
// hold. The seed decides everything.

const PARTITIONS = 7
const STEPS = 40

/** A member with an application behind it that takes its time, held to the rules. */
class Actor {
  readonly name: string
  readonly machine: SimulatedWorld
  readonly owned = new Set<number>()
  readonly member: HeartbeatMember
  readonly #cluster: Cluster
  readonly #simulation: Simulation

  constructor(simulation: Simulation, machine: SimulatedWorld, name: string) {
    this.name = name
    this.machine = machine
    this.#simulation = simulation
    const config = readConfig(consumerConfig, {
      'bootstrap.servers': 'one:9092,two:9092',
      'group.id': 'g',
      'group.protocol': 'consumer',
      'request.timeout.ms': 2000,
    })
    this.#cluster = new Cluster(config, { world: machine, logger: silentLogger })
    this.member = new HeartbeatMember(this.#cluster, config, this.#host())
    this.#cluster.metadata.follow({ topics: () => ['t'] })
    this.member.start()
  }

  async close(): Promise<void> {
    await this.#giveUp([...this.owned])
    await this.member.leave(this.#cluster.deadlineIn(5000))
    await this.#cluster.close()
  }

  demand(holds: boolean, complaint: string): void {
    if (!holds) this.#simulation.violations.push(`${this.name} ${complaint}`)
  }

  #host(): GroupHost {
    const numbersOf = (partitions: readonly TopicPartition[]) => partitions.map(({ partition }) => partition)
    return {
      subscribedTopics: () => ['t'],
      subscribedPattern: () => undefined,
      owned: () => [...this.owned].map(partition => ({ topic: 't', partition })),
      revoke: partitions => this.#giveUp(numbersOf(partitions)),
      lose: partitions => this.#giveUp(numbersOf(partitions)),
      assign: async partitions => this.#assign(numbersOf(partitions)),
      fail: error => this.demand(false, `failed: ${error}`),
      busyForMs: () => 0,
      rebalance: { begin() {}, end() {} },
    }
  }

  /** Several of these may be under way for the same partitions: the last word of the coordinator does not wait. */
  async #giveUp(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) {
      this.demand(this.owned.has(partition), `has to give ${partition} up, which it does not have`)
    }
    const pauseMs = this.machine.random.integer(4) === 0 ? 800 : 1
    await new Promise<void>(done => this.machine.clock.timer(pauseMs, done))
    for (const partition of partitions) this.owned.delete(partition)
  }

  #assign(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.demand(!this.owned.has(partition), `was assigned ${partition}, which it had`)
      this.owned.add(partition)
    }
    this.#simulation.checkOwners()
  }
}

class Simulation {
  readonly violations: string[] = []
  readonly #world: SimulatedWorld
  #coordinator!: ModelledCoordinator
  #actors: Actor[] = []
  #count = 0

  constructor(seed: number) {
    this.#world = simulatedWorld(seed, { name: 'test' })
  }

  async run(): Promise<void> {
    this.#coordinator = await ModelledCoordinator.start(this.#world, PARTITIONS)
    this.#join()
    for (let step = 0; step < STEPS; step++) {
      await this.#strike()
      await this.#world.advance(this.#world.random.integer(1500))
      this.checkOwners()
      expect(this.violations).toEqual([])
    }
    await this.#calm()
  }

  /** Whom the coordinator knows has only what it counts as that member's; two of them never have the same. */
  checkOwners(): void {
    const owners = new Map<number, string>()
    for (const actor of this.#actors) {
      const known = this.#coordinator.members.get(actor.member.metadata.memberId)
      if (known === undefined || actor.member.metadata.generationId <= 0) continue
      for (const partition of actor.owned) {
        actor.demand(known.held.has(partition), `has ${partition}, which the coordinator gave to others`)
        actor.demand(!owners.has(partition), `has ${partition} beside ${owners.get(partition)}`)
        owners.set(partition, actor.name)
      }
    }
  }

  #join(): void {
    const name = `member${this.#count++}`
    this.#actors.push(new Actor(this, this.#world.host(name), name))
  }

  async #strike(): Promise<void> {
    const { random, wires } = this.#world
    const actor = this.#actors[random.integer(Math.max(1, this.#actors.length))]
    const faults = [
      () => (this.#actors.length < 5 ? this.#join() : this.#leave(actor)),
      () => this.#leave(actor),
      () => this.#kill(actor),
      () => this.#cut(actor),
      () => wires.heal(),
      () => wires.dropConnections({ chance: 0.5 }),
      () => this.#moveCoordinator(),
      () => this.#coordinator.members.delete([...this.#coordinator.members.keys()][0] ?? ''),
    ]
    await faults[random.integer(faults.length)]!()
  }

  #moveCoordinator(): void {
    this.#coordinator.node = 3 - this.#coordinator.node
    this.#coordinator.loadedAtMs = this.#world.clock.monotonicMs() + this.#world.random.integer(1000)
  }

  async #leave(actor: Actor | undefined): Promise<void> {
    if (actor === undefined) return
    await this.#world.finish(actor.close())
    this.#actors = this.#actors.filter(one => one !== actor)
  }

  async #kill(actor: Actor | undefined): Promise<void> {
    if (actor === undefined) return
    // What is on its way already would go on after the death of its process.
    await this.#world.advance(1)
    actor.machine.kill()
    this.#actors = this.#actors.filter(one => one !== actor)
  }

  #cut(actor: Actor | undefined): void {
    if (actor === undefined) return
    for (const broker of ['one', 'two']) this.#world.wires.partition(actor.name, broker)
  }

  async #calm(): Promise<void> {
    this.#world.wires.heal()
    if (this.#actors.length === 0) this.#join()
    // Connections that broke are noticed: who leaves asks for its coordinator again, but not for a new connection.
    await this.#world.advance(3000)
    for (let waitedMs = 0; !this.#isSettled(); waitedMs += 500) {
      const state = this.#state()
      expect(waitedMs, state).toBeLessThan(60_000)
      await this.#world.advance(500)
      this.#coordinator.expire()
      this.checkOwners()
    }
    for (const actor of [...this.#actors]) await this.#leave(actor)
    expect(this.#coordinator.members.size).toBe(0)
    expect(this.violations).toEqual([])
  }

  #state(): string {
    const actors = this.#actors.map(({ name, owned, member }) => {
      const { memberId, generationId } = member.metadata
      return `${name} is ${memberId}:${generationId} with [${[...owned]}]`
    })
    const known = [...this.#coordinator.members].map(
      ([id, { epoch, held }]) => `${id}:${epoch} with [${[...held]}]`,
    )
    return `${actors.join(', ')}; the coordinator knows ${known.join(', ')}`
  }

  /** Everybody has its target. */
  #isSettled(): boolean {
    const { members } = this.#coordinator
    if (members.size !== this.#actors.length) return false
    return this.#actors.every(({ owned, member }) => {
      const { memberId } = member.metadata
      const target = this.#coordinator.targetOf(memberId)
      return members.has(memberId) && [...owned].sort().join() === [...target].sort().join()
    })
  }
}

describe('members of the new protocol, whatever happens to them and their coordinator', () => {
  const seeds = Array.from({ length: Number(process.env['SAMSA_MEMBER_SEEDS'] ?? 30) }, (_, at) => at + 1)
  it.each(seeds)('keep to the rules: seed %i', async seed => {
    await new Simulation(seed).run()
  })
})
