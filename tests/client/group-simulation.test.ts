import type { SimulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { seedsToRun } from '../simulation/seeds.ts'
import { ConsumerBroker, type TextConsumer } from './consumer-broker.ts'

// Members of classic groups on machines of their own, with a broker that dies, connections that break, networks that are
// cut and members that are killed, leave and come: what packages/client/src/consumer/groups/SPEC.md says must hold. The
// seed decides everything: SAMSA_SEEDS=7 npx vitest run tests/client/group-simulation.test.ts runs one again.

const PARTITIONS = 4
const SESSION_MS = 6000
const STEPS = 25
const strategies = ['range', 'cooperative-sticky', 'sticky', 'roundrobin']

/** What all members together did with each partition, and what of it must not happen. */
class Book {
  /** One more than the largest offset that was finished, by partition. */
  readonly finished = new Array<number>(PARTITIONS).fill(0)
  /** Who is at work on a partition. */
  readonly #working = new Map<number, Set<Member>>()

  begin(member: Member, partition: number, offset: number): void {
    const finished = this.finished[partition]!
    member.demand(offset <= finished, `was handed ${partition}/${offset}, and ${finished} is not finished`)
    const others = [...(this.#working.get(partition) ?? [])].filter(({ isOutOfTouch }) => !isOutOfTouch)
    if (!member.isOutOfTouch)
      member.demand(others.length === 0, `works on partition ${partition} beside ${others[0]?.name}`)
    this.#working.set(partition, new Set(this.#working.get(partition)).add(member))
  }

  end(member: Member, partition: number, offset: number): void {
    this.finished[partition] = Math.max(this.finished[partition]!, offset + 1)
    this.#working.get(partition)!.delete(member)
  }

  forget(member: Member): void {
    for (const members of this.#working.values()) members.delete(member)
  }
}

/** A consumer on a machine of its own, held to the rules of a member. */
class Member {
  readonly name: string
  readonly machine: SimulatedWorld
  readonly violations: string[]
  /** Somebody else may have its partitions, and it cannot know yet. */
  isOutOfTouch = false
  readonly held = new Set<number>()
  readonly #broker: ConsumerBroker
  readonly #consumer: TextConsumer
  /** The offset due next in each partition that a record of came in this assignment. */
  readonly #next = new Map<number, number>()
  readonly #run: Promise<void>

  constructor(broker: ConsumerBroker, name: string, strategy: string, book: Book, violations: string[]) {
    this.name = name
    this.#broker = broker
    this.machine = broker.machine.host(name)
    this.violations = violations
    const entries = {
      'partition.assignment.strategy': strategy,
      'session.timeout.ms': SESSION_MS,
      'heartbeat.interval.ms': 500,
      'auto.commit.interval.ms': 300,
      'request.timeout.ms': 3000,
    }
    this.#consumer = broker.consumer(entries, { world: this.machine })
    this.#consumer.subscribe(['t'], {
      onAssigned: partitions => this.#assigned(partitions.map(({ partition }) => partition)),
      onRevoked: partitions => this.#gone(partitions.map(({ partition }) => partition)),
      onLost: partitions => this.#gone(partitions.map(({ partition }) => partition)),
    })
    this.#run = this.#consumer.run({
      concurrency: 3,
      eachRecord: async ({ partition, offset, value }) => {
        this.demand(this.held.has(partition), `was handed ${partition}/${offset}, which it does not have`)
        this.demand(value === `${partition}:${offset}`, `was handed '${value}' at ${partition}/${offset}`)
        const due = this.#next.get(partition) ?? offset
        this.demand(offset === due, `was handed ${partition}/${offset} where ${due} was due`)
        this.#next.set(partition, offset + 1)
        book.begin(this, partition, offset)
        const workMs = this.machine.random.integer(20) === 0 ? 300 : this.machine.random.integer(10)
        await new Promise<void>(done => this.machine.clock.timer(workMs, done))
        book.end(this, partition, offset)
      },
    })
    this.#run.catch(error => this.violations.push(`${name} failed: ${error}`))
  }

  demand(holds: boolean, complaint: string): void {
    if (!holds) this.violations.push(`${this.name} ${complaint}`)
  }

  kill(): void {
    this.machine.kill()
    this.#broker.forget(this.#consumer)
  }

  close(): Promise<void> {
    return this.#consumer.close().then(() => this.#run)
  }

  #assigned(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.demand(!this.held.has(partition), `was assigned ${partition}, which it has`)
      this.held.add(partition)
      this.#next.delete(partition)
    }
    // What it has now it has from the coordinator.
    if (partitions.length > 0) this.isOutOfTouch = false
  }

  #gone(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.demand(this.held.delete(partition), `had ${partition} taken, which it does not have`)
    }
  }
}

/** One run: members and faults come as the seed says; then all is well, and everything has to be read and committed. */
class Simulation {
  readonly #broker: ConsumerBroker
  readonly #chance
  readonly #strategy: string
  readonly #book = new Book()
  readonly #violations: string[] = []
  readonly #written = new Array<number>(PARTITIONS).fill(0)
  #members: Member[] = []
  #count = 0
  #reader: TextConsumer | undefined

  constructor(seed: number) {
    this.#broker = new ConsumerBroker({ 'group.min.session.timeout.ms': '1000' }, seed)
    this.#chance = this.#broker.machine.host('chance').random
    this.#strategy = strategies[seed % strategies.length]!
  }

  async run(): Promise<void> {
    await this.#broker.start()
    await this.#broker.createTopic('t', PARTITIONS)
    this.#join()
    for (let step = 0; step < STEPS; step++) {
      await this.#produce()
      await this.#strike()
      await this.#broker.advance(this.#chance.integer(3000))
      expect(this.#violations).toEqual([])
    }
    await this.#calm()
  }

  #join(): void {
    const name = `member${this.#count++}`
    this.#members.push(new Member(this.#broker, name, this.#strategy, this.#book, this.#violations))
  }

  async #produce(): Promise<void> {
    for (const partition of this.#written.keys()) {
      const values = Array.from({ length: this.#chance.integer(20) }, () => {
        return `${partition}:${this.#written[partition]!++}`
      })
      if (values.length > 0) await this.#broker.produce('t', values, partition)
    }
  }

  async #strike(): Promise<void> {
    const member = this.#members[this.#chance.integer(Math.max(1, this.#members.length))]
    const faults = [
      () => this.#join(),
      () => (this.#members.length < 4 ? this.#join() : this.#leave(member)),
      () => this.#leave(member),
      () => this.#kill(member),
      () => this.#cut(member),
      () => this.#broker.machine.wires.dropConnections({ chance: 0.7 }),
      () => this.#restartBroker(),
      () => this.#broker.machine.wires.heal(),
    ]
    await faults[this.#chance.integer(faults.length)]!()
  }

  async #leave(member: Member | undefined): Promise<void> {
    if (member === undefined) return
    this.#members = this.#members.filter(one => one !== member)
    await this.#broker.finish(member.close())
  }

  async #kill(member: Member | undefined): Promise<void> {
    if (member === undefined) return
    // What is on its way already would go on after the death of its process.
    await this.#broker.advance(1)
    this.#members = this.#members.filter(one => one !== member)
    member.kill()
    this.#book.forget(member)
  }

  #cut(member: Member | undefined): void {
    if (member === undefined) return
    member.isOutOfTouch = true
    this.#broker.machine.wires.partition(member.name, 'broker')
  }

  async #restartBroker(): Promise<void> {
    this.#broker.kill()
    await this.#broker.advance(this.#chance.integer(2000))
    await this.#broker.start()
  }

  async #calm(): Promise<void> {
    this.#broker.machine.wires.heal()
    if (this.#members.length === 0) this.#join()
    await this.#until(async () => this.#isShared && String(await this.#committed()) === String(this.#written))
    // Who leaves in order commits what it read last.
    await this.#produce()
    await this.#until(async () => String(this.#book.finished) === String(this.#written))
    for (const member of [...this.#members]) await this.#leave(member)
    expect(this.#violations).toEqual([])
    expect(await this.#committed(), this.#broker.lines.slice(-10).join('\n')).toEqual(this.#written)
    await this.#broker.end()
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    for (let waitedMs = 0; !(await holds()); waitedMs += 100) {
      expect(waitedMs, this.#state()).toBeLessThan(120_000)
      await this.#broker.advance(100)
    }
  }

  /** Each partition has one owner. */
  get #isShared(): boolean {
    const owned = this.#members.flatMap(({ held }) => [...held]).sort()
    return String(owned) === String([...this.#written.keys()])
  }

  #state(): string {
    const members = this.#members.map(({ name, held }) => `${name} has [${[...held]}]`).join('; ')
    return `read ${this.#book.finished} of ${this.#written}; ${members}`
  }

  async #committed(): Promise<number[]> {
    this.#reader ??= this.#broker.consumer()
    const partitions = this.#written.map((_, partition) => ({ topic: 't', partition }))
    const committed = await this.#broker.finish(this.#reader.committed(partitions))
    return committed.map(one => one?.offset ?? 0)
  }
}

describe('members of a classic group, whatever happens to them and their coordinator', () => {
  it.each(seedsToRun(process.env['SAMSA_SEEDS'] ?? '1-12'))('keep to the rules: seed %i', async seed => {
    await new Simulation(seed).run()
  })
})
