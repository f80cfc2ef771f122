import type { SeededRandom } from '@samsa/base'
import { Fetch } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import { earliestOffset } from './consumer.ts'
import type { History } from './history.ts'
import { KeyReader } from './key-reader.ts'
import type { Ledger, SeenRecord } from './ledger.ts'
import { type SeenBatch, takeIn } from './records-of.ts'
import type { SessionConsumer } from './session-consumer.ts'
import type { Settings } from './settings.ts'
import { Violation } from './violation.ts'

/** Kafka's figure: a session that was not used for so long may be replaced. */
const EVICTION_AGE_MS = 120_000

interface Contents {
  readonly start: number
  readonly records: readonly SeenRecord[]
  readonly batches: readonly SeenBatch[]
}

/** The look at everything that should be there, once nothing fails any more and nobody writes. */
export class Audit {
  readonly #client: BrokerClient
  readonly #history: History
  readonly #random: SeededRandom

  constructor(client: BrokerClient, history: History, random: SeededRandom) {
    this.#client = client
    this.#history = history
    this.#random = random
  }

  async untilAnswered(what: string, attempt: () => Promise<boolean>): Promise<void> {
    this.#history.note(`audit of ${what}`)
    for (;;) {
      try {
        if (await attempt()) return
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      await this.#client.sleep(20)
    }
  }

  /** @param quietSinceMs when the last record was written */
  async ofPartitions(quietSinceMs: number): Promise<void> {
    for (const ledger of this.#history.ledgers) {
      await this.untilAnswered(ledger.name, () => this.#ofPartition(ledger, quietSinceMs))
      if (ledger.compaction === undefined) continue
      const reader = new KeyReader(this.#client, [ledger], this.#random.fork())
      await this.untilAnswered(`the keys of ${ledger.name}`, () => reader.lap(ledger))
    }
  }

  /** One session after the other takes the place of one that nobody uses any more, which is then told. */
  async ofEviction(sessions: readonly SessionConsumer[], { sessionSlots }: Settings): Promise<void> {
    if (sessionSlots > 1) return
    this.#history.note('audit of the eviction of sessions')
    const [first, second] = [sessions[0]!, sessions[1]!]
    for (const [holder, newcomer] of [
      [first, second],
      [second, first],
    ] as const) {
      while (!(await this.#answered(() => holder.open()))) await this.#client.sleep(EVICTION_AGE_MS)
      const isOpenAtOnce = await this.#answered(() => newcomer.open())
      if (isOpenAtOnce) throw new Violation('answers', 'a session in use was evicted')
      await this.#client.sleep(EVICTION_AGE_MS)
      if (!(await newcomer.open())) throw new Violation('answers', 'a session not in use was not evicted')
      if (await holder.goOn()) throw new Violation('answers', 'a session goes on that was evicted')
      if (await holder.open()) throw new Violation('answers', 'a session in use was evicted')
    }
  }

  async #answered<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #ofPartition(ledger: Ledger, quietSinceMs: number): Promise<boolean> {
    const contents = await this.#read(ledger)
    if (contents === undefined) return false
    const { start, records, batches } = contents
    const now = this.#client.machine.clock.now()
    ledger.audit(start, records, now)
    const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0)
    ledger.auditSize(bytes, records, now - quietSinceMs)
    const { compaction } = ledger
    const leftOver = compaction?.leftOver(records, growingFrom(batches, compaction.rules.segmentBytes))
    if (leftOver !== undefined) throw new Violation('cleaned', `${ledger.name}: ${leftOver}`)
    return true
  }

  async #read(ledger: Ledger): Promise<Contents | undefined> {
    const start = await earliestOffset(this.#client, ledger)
    if (start === undefined) return undefined
    const records: SeenRecord[] = []
    const batches: SeenBatch[] = []
    for (let next = start; ; ) {
      const { asOf } = ledger
      const answer = await this.#client.ask(Fetch, 11, {
        maxWaitMs: 0,
        minBytes: 0,
        topics: [
          {
            topic: ledger.topic,
            partitions: [{ partition: ledger.partition, fetchOffset: next, partitionMaxBytes: 1_000_000 }],
          },
        ],
      })
      const { errorCode, highWatermark, records: bytes } = answer.responses[0]!.partitions[0]!
      // Retention may have gone on meanwhile.
      if (errorCode === 'OFFSET_OUT_OF_RANGE' && ledger.retention !== undefined) return undefined
      if (errorCode !== 'NONE') {
        throw new Violation('getsThrough', `${ledger.name} answers ${errorCode} at ${next}`)
      }
      if (next >= highWatermark) return { start, records, batches }
      const served = takeIn(ledger, bytes!, next, asOf, this.#client.machine.clock.now())
      if (served.nextOffset === next)
        throw new Violation('served', `${ledger.name} serves nothing at ${next}`)
      records.push(...served.records)
      batches.push(...served.batches)
      next = served.nextOffset
    }
  }
}

/** From where on batches may belong to the growing segment, which compaction leaves alone. */
function growingFrom(batches: readonly SeenBatch[], segmentBytes: number): number {
  let bytes = 0
  for (const batch of batches.toReversed()) {
    bytes += batch.bytes
    if (bytes > SEGMENTS_LEFT_ALONE * segmentBytes) return batch.lastOffset + 1
  }
  return 0
}

/** A first segment may take more than it should, and what is left over from rolling by time is small. */
const SEGMENTS_LEFT_ALONE = 2
