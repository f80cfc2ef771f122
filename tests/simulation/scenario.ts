import { type SeededRandom, simulatedWorld } from '@samsa/base'
import { Audit } from './audit.ts'
import { BrokerClient } from './broker-client.ts'
import { BrokerMachine } from './broker-machine.ts'
import { Chaos, type ChaosPlan } from './chaos.ts'
import { CompactionLedger } from './compaction-ledger.ts'
import { Consumer } from './consumer.ts'
import { EpochConsumer } from './epoch-consumer.ts'
import { GroupLedger } from './group-ledger.ts'
import { GroupTeam } from './group-team.ts'
import { History } from './history.ts'
import { KeyReader } from './key-reader.ts'
import type { Ledger, LedgerOptions } from './ledger.ts'
import { OffsetCommitter } from './offset-committer.ts'
import { Producer } from './producer.ts'
import { RecordDeleter } from './record-deleter.ts'
import { RetentionLedger } from './retention-ledger.ts'
import { SessionConsumer } from './session-consumer.ts'
import { type Settings, drawSettings } from './settings.ts'
import { TopicAdmin } from './topic-admin.ts'
import { TopicChurn } from './topic-churn.ts'
import { Violation } from './violation.ts'

export interface Run {
  readonly seed: number
  /** Why the run failed; undefined when every invariant held. */
  readonly failure: unknown
  /** What happened, for people. */
  readonly notes: readonly string[]
  /** Says whether two runs were equal to the byte. */
  readonly traceHash: string
  readonly traceEvents: number
  readonly traceLines: readonly string[]
  readonly figures: Readonly<Record<string, number>>
}

/** Everything that works on one broker; drained when the faults are over. */
interface Worker {
  run(): Promise<void>
  drain(): void
}

const RUN_LIMIT_MS = 1_200_000
const DRAIN_LIMIT_MS = 120_000
/** It takes minutes until a session counts as unused. */
const EVICTION_LIMIT_MS = 600_000

/** One run: clients at work, faults, and at the end a look at everything that should be there. All follows from the seed. */
export async function simulate(seed: number, options: { keepTrace?: boolean } = {}): Promise<Run> {
  const world = simulatedWorld(seed, { name: 'broker', keepTrace: options.keepTrace ?? false })
  const random = world.host('scenario').random
  const history = new History(() => world.clock.monotonicMs())
  let failure: unknown
  try {
    await world.finish(
      new Promise<void>((resolve, reject) => {
        const settings = drawSettings(random)
        const machine = new BrokerMachine(world, history, settings.broker, reject)
        new Scenario(machine, history, random, settings).play().then(resolve, reject)
      }),
      RUN_LIMIT_MS,
    )
  } catch (error) {
    failure = error
  }
  const figures: Record<string, number> = { ...history.figures, acknowledged: 0, served: 0 }
  for (const { counts } of history.ledgers) {
    figures['acknowledged']! += counts.acknowledged
    figures['served']! += counts.served
  }
  return {
    seed,
    failure,
    notes: history.notes,
    traceHash: world.trace.hash,
    traceEvents: world.trace.events,
    traceLines: world.trace.lines,
    figures,
  }
}

class Scenario {
  readonly #machine: BrokerMachine
  readonly #history: History
  readonly #random: SeededRandom
  readonly #settings: Settings
  readonly #chaos: Chaos
  readonly #clock
  readonly #admin: TopicAdmin
  readonly #workers: Worker[] = []
  readonly #sessions: SessionConsumer[] = []
  readonly #audit: Audit

  constructor(machine: BrokerMachine, history: History, random: SeededRandom, settings: Settings) {
    this.#machine = machine
    this.#history = history
    this.#random = random
    this.#settings = settings
    this.#chaos = new Chaos(machine, chaosPlan(random), random.fork(), history)
    this.#clock = machine.world.host('scenario').clock
    this.#admin = new TopicAdmin(this.#client('admin', 'admins'), history)
    this.#audit = new Audit(this.#client('auditor', 'admins'), history, random.fork())
  }

  async play(): Promise<void> {
    this.#machine.start()
    const committer = await this.#addEveryday()
    if (this.#random.chance(0.5)) await this.#addCompacted()
    if (this.#random.chance(0.5)) await this.#addExpiring()
    this.#addSessions()
    const team = this.#random.chance(0.5) ? await this.#addTeam() : undefined
    const atWork = Promise.all(this.#workers.map(worker => worker.run()))
    await Promise.race([this.#chaos.run(), atWork])
    for (const worker of this.#workers) worker.drain()
    await this.#within('what was under way is not answered', atWork)
    if (team !== undefined) await this.#within('the group does not settle', team.settle())
    const quietSinceMs = this.#clock.now()
    await this.#chaos.end(
      this.#random.pick(this.#mayCutPower ? ['powerCut', 'kill', 'stop'] : ['kill', 'stop']),
    )
    await this.#within('the audit does not end', this.#look(committer, team, quietSinceMs))
    if (this.#random.chance(0.03)) {
      const audit = this.#audit.ofEviction(this.#sessions, this.#settings)
      await this.#within('sessions are not served', audit, EVICTION_LIMIT_MS)
    }
  }

  get #mayCutPower(): boolean {
    return this.#history.figures.powerCuts > 0
  }

  /** Topics that keep everything, and all kinds of clients. */
  async #addEveryday(): Promise<OffsetCommitter> {
    const durable: Ledger[] = []
    const cached: Ledger[] = []
    const count = 1 + this.#random.integer(3)
    for (let i = 0; i < count; i++) {
      const isCached = i > 0 && this.#random.chance(0.5)
      const ledgers = await this.#createTopic(`base-${i}`, isCached)
      ;(isCached ? cached : durable).push(...ledgers)
    }
    const all = [...durable, ...cached]
    this.#addProducer(durable, 'all', true)
    this.#addProducer(durable, 'leader', false)
    if (cached.length > 0) this.#addProducer(cached, 'all', true)
    if (cached.length > 0) this.#addProducer(cached, 'leader', false)
    if (this.#random.chance(0.5)) this.#addProducer(all, 'all', false)
    for (let i = 0; i < 2; i++) this.#addConsumer(all)
    const client = this.#client('epochs', 'consumers')
    this.#workers.push(new EpochConsumer(client, all, this.#random.fork(), this.#history))
    const committer = new OffsetCommitter(
      this.#client('group', 'consumers'),
      durable[0]!,
      this.#random.fork(),
      this.#history,
    )
    this.#workers.push(committer)
    if (this.#random.chance(0.4)) this.#addDeleter(all)
    this.#workers.push(
      new TopicChurn(this.#client('churn', 'admins'), this.#admin, this.#random.fork(), this.#history),
    )
    return committer
  }

  /** A compacted topic, and who reads it over and over. */
  async #addCompacted(): Promise<void> {
    const { rules, configs } = this.#settings.compaction
    const options = () => ({
      compaction: new CompactionLedger(rules, () => this.#history.figures.compacted++),
    })
    const ledgers = await this.#createTopic('keyed', false, configs, options)
    this.#addProducer(ledgers, 'all', true)
    if (this.#random.chance(0.5)) this.#addProducer(ledgers, 'all', true)
    if (this.#random.chance(0.5)) this.#addProducer(ledgers, 'leader', false)
    this.#addConsumer(ledgers)
    this.#workers.push(new KeyReader(this.#client('keys', 'consumers'), ledgers, this.#random.fork()))
  }

  /** A topic whose records go when they are too old or too many. */
  async #addExpiring(): Promise<void> {
    const { rules, configs } = this.#settings.retention
    const isCached = this.#random.chance(0.3)
    const ledgers = await this.#createTopic('aging', isCached, configs, () => ({
      retention: new RetentionLedger(rules, () => this.#history.figures.expired++),
    }))
    this.#addProducer(ledgers, 'all', true)
    if (this.#random.chance(0.5)) this.#addProducer(ledgers, 'leader', false)
    this.#addConsumer(ledgers)
    if (this.#random.chance(0.3)) this.#addDeleter(ledgers)
  }

  #addSessions(): void {
    const ledgers = this.#history.ledgers.filter(({ topic }) => !topic.startsWith('churn'))
    for (let i = 0; i < 2; i++) {
      const client = this.#client(`session${i}`, 'consumers')
      const consumer = new SessionConsumer(client, ledgers, this.#random.fork(), this.#history)
      this.#sessions.push(consumer)
      this.#workers.push(consumer)
    }
  }

  async #addTeam(): Promise<GroupTeam> {
    const { partitions, timeouts } = this.#settings.group
    await this.#admin.create({ name: 'shared', partitions, configs: {} })
    const group = new GroupLedger('team', 'shared', partitions, this.#history)
    const patienceMs = timeouts.rebalanceTimeoutMs + 500
    const newClient = (name: string) =>
      new BrokerClient(name, this.#machine.world.host('consumers'), this.#history, patienceMs)
    const team = new GroupTeam(group, timeouts, this.#random.fork(), this.#history, newClient)
    this.#workers.push(team)
    return team
  }

  #addProducer(ledgers: readonly Ledger[], acks: 'all' | 'leader', isIdempotent: boolean): void {
    const sizes = ledgers.map(({ compaction, retention }) => (compaction ?? retention)?.rules.segmentBytes)
    const segmentBytes = Math.min(...sizes.map(bytes => bytes ?? this.#settings.segmentBytes))
    const client = this.#client(`producer${this.#workers.length}`, 'producers')
    const plan = {
      acks,
      isIdempotent,
      maxInFlight: this.#random.pick([1, 2, 5]),
      pauseMs: this.#random.pick([1, 4, 20]),
      // A batch has up to three values, and must fit into a segment.
      largestValue: Math.min(this.#random.pick([100, 1000, 1000, 30_000]), Math.floor(segmentBytes / 5)),
    }
    this.#workers.push(new Producer(client, plan, ledgers, this.#random.fork(), this.#history))
  }

  #addConsumer(ledgers: readonly Ledger[]): void {
    const client = this.#client(`consumer${this.#workers.length}`, 'consumers')
    this.#workers.push(new Consumer(client, ledgers, this.#random.fork()))
  }

  #addDeleter(ledgers: readonly Ledger[]): void {
    const client = this.#client(`deleter${this.#workers.length}`, 'admins')
    this.#workers.push(new RecordDeleter(client, ledgers, this.#random.fork()))
  }

  async #createTopic(
    name: string,
    isCached: boolean,
    more: Readonly<Record<string, string>> = {},
    optionsOf: () => LedgerOptions = () => ({}),
  ): Promise<Ledger[]> {
    const partitions = 1 + this.#random.integer(2)
    const configs = {
      'write.caching': String(isCached),
      'internal.segment.bytes': String(this.#settings.segmentBytes),
      'index.interval.bytes': this.#random.pick(['100', '4096']),
      'max.message.bytes': '1000000',
      ...more,
    }
    const topicId = await this.#admin.create({ name, partitions, configs })
    return this.#history.addTopic(name, partitions, isCached, () => ({ topicId, ...optionsOf() }))
  }

  #client(name: string, machine: string): BrokerClient {
    return new BrokerClient(name, this.#machine.world.host(machine), this.#history)
  }

  async #within<T>(what: string, promise: Promise<T>, limitMs = DRAIN_LIMIT_MS): Promise<T> {
    const late = new Promise<never>((_resolve, reject) =>
      this.#clock.timer(limitMs, () => reject(new Violation('getsThrough', what))),
    )
    return Promise.race([promise, late])
  }

  async #look(committer: OffsetCommitter, team: GroupTeam | undefined, quietSinceMs: number): Promise<void> {
    // First, as members who fall silent are not kept for long.
    if (team !== undefined) await this.#audit.untilAnswered('the group', () => team.check())
    await this.#audit.untilAnswered('topics', async () => {
      await this.#admin.check()
      return true
    })
    // What a crash left above the recovery point is readable once it is durable, and what has to go goes.
    await this.#chaos.sleep(this.#settings.settlingMs)
    await this.#audit.ofPartitions(quietSinceMs)
    await this.#audit.untilAnswered('committed offsets', () => committer.check())
  }
}

function chaosPlan(random: SeededRandom): ChaosPlan {
  const mood = random.pick(['crashes', 'kills', 'everything', 'everything'])
  const weights = {
    powerCut: mood === 'kills' ? 0 : 3,
    kill: 3,
    stop: 1,
    dropConnections: 1,
    cutNetwork: mood === 'crashes' ? 0 : 0.5,
    slowDisk: 1,
    syncFails: mood === 'everything' ? 1 : 0,
    writeFails: mood === 'everything' ? 1 : 0,
    diskFull: mood === 'everything' ? 1 : 0,
  }
  return { faults: 3 + random.integer(6), calmMs: random.pick([20, 100, 300]), weights }
}
