import { type SeededRandom, simulatedWorld } from '@samsa/base'
import { Fetch } from '@samsa/protocol'
import { BrokerClient, Unanswered } from './broker-client.ts'
import { BrokerMachine } from './broker-machine.ts'
import { Chaos, type ChaosPlan } from './chaos.ts'
import { Consumer, earliestOffset } from './consumer.ts'
import { History } from './history.ts'
import type { Ledger, SeenRecord } from './ledger.ts'
import { OffsetCommitter } from './offset-committer.ts'
import { Producer } from './producer.ts'
import { RecordDeleter } from './record-deleter.ts'
import { recordsOf } from './records-of.ts'
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

const RUN_LIMIT_MS = 600_000
const DRAIN_LIMIT_MS = 120_000

/** One run: clients at work, faults, and at the end a look at everything that should be there. All follows from the seed. */
export async function simulate(seed: number, options: { keepTrace?: boolean } = {}): Promise<Run> {
  const world = simulatedWorld(seed, { name: 'broker', keepTrace: options.keepTrace ?? false })
  const random = world.host('scenario').random
  const history = new History(() => world.clock.monotonicMs())
  let failure: unknown
  try {
    await world.finish(
      new Promise<void>((resolve, reject) => {
        const machine = new BrokerMachine(world, history, brokerConfig(random), reject)
        new Scenario(machine, history, random).play().then(resolve, reject)
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

function brokerConfig(random: SeededRandom): Record<string, string> {
  return {
    'log.flush.offset.checkpoint.interval.ms': String(random.pick([20, 200, 60_000])),
    'log.retention.check.interval.ms': String(random.pick([50, 300_000])),
    'offsets.topic.num.partitions': '2',
    'offsets.topic.replication.factor': '1',
  }
}

class Scenario {
  readonly #machine: BrokerMachine
  readonly #history: History
  readonly #random: SeededRandom
  readonly #chaos: Chaos
  readonly #clock
  readonly #auditor: BrokerClient
  readonly #admin: TopicAdmin
  readonly #segmentBytes: number

  constructor(machine: BrokerMachine, history: History, random: SeededRandom) {
    this.#machine = machine
    this.#history = history
    this.#random = random
    this.#chaos = new Chaos(machine, chaosPlan(random), random.fork(), history)
    this.#clock = machine.world.host('scenario').clock
    this.#auditor = this.#client('auditor', 'admins')
    this.#segmentBytes = random.pick([3000, 20_000, 1_000_000])
    this.#admin = new TopicAdmin(this.#client('admin', 'admins'), history)
  }

  async play(): Promise<void> {
    this.#machine.start()
    const committers: OffsetCommitter[] = []
    const workers = await this.#workers(committers)
    const atWork = Promise.all(workers.map(worker => worker.run()))
    await Promise.race([this.#chaos.run(), atWork])
    for (const worker of workers) worker.drain()
    await this.#within('what was under way is not answered', atWork)
    await this.#chaos.end(
      this.#random.pick(this.#mayCutPower ? ['powerCut', 'kill', 'stop'] : ['kill', 'stop']),
    )
    await this.#within('the audit does not end', this.#audit(committers))
  }

  get #mayCutPower(): boolean {
    return this.#history.figures.powerCuts > 0
  }

  async #workers(committers: OffsetCommitter[]): Promise<Worker[]> {
    const durable: Ledger[] = []
    const cached: Ledger[] = []
    const count = 1 + this.#random.integer(3)
    for (let i = 0; i < count; i++) {
      const isCached = i > 0 && this.#random.chance(0.5)
      const ledgers = await this.#createTopic(`base-${i}`, isCached)
      ;(isCached ? cached : durable).push(...ledgers)
    }
    const all = [...durable, ...cached]
    const workers: Worker[] = []
    const addProducer = (ledgers: readonly Ledger[], acks: 'all' | 'leader', isIdempotent: boolean) => {
      const client = this.#client(`producer${workers.length}`, 'producers')
      const plan = {
        acks,
        isIdempotent,
        maxInFlight: this.#random.pick([1, 2, 5]),
        pauseMs: this.#random.pick([1, 4, 20]),
        // A batch has up to three values, and must fit into a segment.
        largestValue: Math.min(this.#random.pick([100, 1000, 1000, 30_000]), this.#segmentBytes / 4),
      }
      workers.push(new Producer(client, plan, ledgers, this.#random.fork(), this.#history))
    }
    addProducer(durable, 'all', true)
    addProducer(durable, 'leader', false)
    if (cached.length > 0) addProducer(cached, 'all', true)
    if (cached.length > 0) addProducer(cached, 'leader', false)
    if (this.#random.chance(0.5)) addProducer(all, 'all', false)
    for (let i = 0; i < 2; i++) {
      workers.push(new Consumer(this.#client(`consumer${i}`, 'consumers'), all, this.#random.fork()))
    }
    const committer = new OffsetCommitter(
      this.#client('group', 'consumers'),
      durable[0]!,
      this.#random.fork(),
      this.#history,
    )
    committers.push(committer)
    workers.push(committer)
    if (this.#random.chance(0.4)) {
      workers.push(new RecordDeleter(this.#client('deleter', 'admins'), all, this.#random.fork()))
    }
    workers.push(
      new TopicChurn(this.#client('churn', 'admins'), this.#admin, this.#random.fork(), this.#history),
    )
    return workers
  }

  async #createTopic(name: string, isCached: boolean): Promise<Ledger[]> {
    const partitions = 1 + this.#random.integer(2)
    const configs = {
      'write.caching': String(isCached),
      'internal.segment.bytes': String(this.#segmentBytes),
      'index.interval.bytes': this.#random.pick(['100', '4096']),
      'max.message.bytes': '1000000',
    }
    await this.#admin.create({ name, partitions, configs })
    return this.#history.addTopic(name, partitions, isCached)
  }

  #client(name: string, machine: string): BrokerClient {
    return new BrokerClient(name, this.#machine.world.host(machine), this.#history)
  }

  async #within<T>(what: string, promise: Promise<T>): Promise<T> {
    const late = new Promise<never>((_resolve, reject) =>
      this.#clock.timer(DRAIN_LIMIT_MS, () => reject(new Violation('getsThrough', what))),
    )
    return Promise.race([promise, late])
  }

  async #audit(committers: readonly OffsetCommitter[]): Promise<void> {
    await this.#untilAnswered('topics', async () => {
      await this.#admin.check()
      return true
    })
    // What a crash left above the recovery point is readable once it is durable.
    await this.#chaos.sleep(2000)
    for (const ledger of this.#history.ledgers) {
      await this.#untilAnswered(ledger.name, () => this.#auditPartition(ledger))
    }
    for (const committer of committers) {
      await this.#untilAnswered('committed offsets', () => committer.check())
    }
  }

  async #untilAnswered(what: string, attempt: () => Promise<boolean>): Promise<void> {
    this.#history.note(`audit of ${what}`)
    for (;;) {
      try {
        if (await attempt()) return
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      await this.#chaos.sleep(20)
    }
  }

  async #auditPartition(ledger: Ledger): Promise<boolean> {
    const start = await earliestOffset(this.#auditor, ledger)
    if (start === undefined) return false
    const records: SeenRecord[] = []
    for (;;) {
      const next = start + records.length
      const answer = await this.#auditor.ask(Fetch, 11, {
        maxWaitMs: 0,
        minBytes: 0,
        topics: [
          {
            topic: ledger.topic,
            partitions: [{ partition: ledger.partition, fetchOffset: next, partitionMaxBytes: 1_000_000 }],
          },
        ],
      })
      const { errorCode, highWatermark, records: batches } = answer.responses[0]!.partitions[0]!
      if (errorCode !== 'NONE') {
        throw new Violation('getsThrough', `${ledger.name} answers ${errorCode} at ${next}`)
      }
      if (next >= highWatermark) break
      const served = recordsOf(batches!, next, ledger.name)
      if (served.length === 0) throw new Violation('served', `${ledger.name} serves nothing at ${next}`)
      records.push(...served)
    }
    ledger.audit(start, records)
    return true
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
