import type { Timer } from '@samsa/base'
import { type CompleteResponseOf, ShareAcknowledge, ShareFetch } from '@samsa/protocol'
import { type Cluster, backOffMs } from '../cluster/index.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { type SharePartition, keyOf } from './share-partition.ts'
import { type Acknowledged, ShareSession } from './share-session.ts'

export type FetchAnswer = CompleteResponseOf<typeof ShareFetch>
export type FetchedPartition = FetchAnswer['responses'][number]['partitions'][number]
type AcknowledgeAnswer = CompleteResponseOf<typeof ShareAcknowledge>

/** What a fetch asks for. */
export interface ShareFetchSettings {
  readonly groupId: string
  readonly memberId: string
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly maxRecords: number
  /** 0 serves whole batches and may exceed `maxRecords`, 1 never does (KIP-1206). */
  readonly acquireMode: 0 | 1
}

/** What a node needs of its consumer. */
export interface ShareNodeHost {
  readonly cluster: Cluster
  readonly settings: ShareFetchSettings
  /** Whether anybody waits for records. */
  wantsRecords(): boolean
  /** Records were acquired. */
  received(node: ShareNode, partition: SharePartition, answer: FetchedPartition): void
  /** What became of acknowledgements; `error` undefined when the broker took them. */
  settled(partition: SharePartition, offsets: readonly number[], error: KafkaError | undefined): void
  lockTimeout(ms: number): void
  /** A broker that is not the leader named another, or none. */
  leaderMoved(partition: SharePartition, answer: LeaderHint, endpoints: FetchAnswer['nodeEndpoints']): void
  /** Cannot go on without the application. */
  fail(error: KafkaError): void
}

export interface LeaderHint {
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** Acknowledgements wait that long for a fetch to ride along with. */
const LINGER_MS = 100

/**
 * What a share consumer has to do with one broker: it fetches from the partitions that the broker leads, and tells it
 * what became of the records. One request at a time, as the session's epochs demand.
 */
export class ShareNode {
  readonly id: number
  readonly #host: ShareNodeHost
  readonly #session = new ShareSession()
  readonly #pending = new Map<string, Acknowledged>()
  #wanted: readonly SharePartition[] = []
  #running: Promise<void> | undefined
  #linger: Timer | undefined
  /** What is pending has waited long enough, or is waited for. */
  #isDue = false
  #failures = 0
  #isClosing = false

  constructor(id: number, host: ShareNodeHost) {
    this.id = id
    this.#host = host
  }

  /** The partitions to fetch from now on. */
  want(partitions: readonly SharePartition[]): void {
    this.#wanted = partitions
  }

  /** Tells the broker soon what became of an offset: with the next fetch, or a little later by itself. */
  acknowledge(partition: SharePartition, offset: number, code: number): void {
    const key = keyOf(partition)
    let pending = this.#pending.get(key)
    if (pending === undefined) {
      pending = { partition, acknowledgements: new Acknowledgements() }
      this.#pending.set(key, pending)
    }
    pending.acknowledgements.add(offset, code)
    this.#linger ??= this.#host.cluster.clock.timer(LINGER_MS, () => {
      this.#isDue = true
      this.work()
    })
  }

  /** Does what there is to do: tells what is to be told, and fetches while somebody waits for records. */
  work(): void {
    if (this.#running !== undefined || !this.#hasWork()) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      this.work()
    })
  }

  /** Resolves once all that was acknowledged so far is told, or failed. */
  async flush(): Promise<void> {
    while (this.#running !== undefined || this.#pending.size > 0) {
      this.#isDue = true
      this.work()
      await this.#running
    }
  }

  /** Tells the rest and ends the session: the broker gives what is still acquired to others. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#linger?.cancel()
    await this.#running
    if (this.#session.isNew) return this.#failPending(sessionLost())
    await this.#sendAcknowledge(true).catch(error => {
      this.#host.cluster.logger.debug('a share session was not closed', {
        error: asKafkaError(error).message,
      })
    })
  }

  #hasWork(): boolean {
    if (this.#isClosing) return false
    return (this.#isDue && this.#pending.size > 0) || this.#canFetch()
  }

  #canFetch(): boolean {
    return this.#wanted.length > 0 && this.#host.wantsRecords()
  }

  async #run(): Promise<void> {
    // What is acknowledged in this turn is told together.
    await Promise.resolve()
    while (this.#hasWork()) {
      try {
        if (this.#mustTellFirst()) await this.#sendAcknowledge(false)
        else await this.#sendFetch()
        this.#failures = 0
      } catch (error) {
        await this.#recover(asKafkaError(error))
      }
    }
  }

  /** Renewals, and what is told of partitions that are not fetched, do not ride along with a fetch. */
  #mustTellFirst(): boolean {
    if (this.#pending.size === 0) return false
    if (!this.#canFetch()) return true
    const wanted = new Set(this.#wanted.map(keyOf))
    return (
      this.#session.isNew ||
      [...this.#pending].some(
        ([key, { acknowledgements }]) => !wanted.has(key) || acknowledgements.hasRenewals,
      )
    )
  }

  async #sendFetch(): Promise<void> {
    const { cluster, settings } = this.#host
    const acknowledged = this.#takePending()
    const { groupId, memberId, maxWaitMs, minBytes, maxBytes, maxRecords } = settings
    const session = this.#session.fetch(this.#wanted, acknowledged)
    const request = {
      ...{ groupId, memberId, maxWaitMs, minBytes, maxBytes, maxRecords, ...session },
      batchSize: maxRecords,
      shareAcquireMode: settings.acquireMode,
    }
    const limits = { purpose: 'fetch' as const, minVersion: settings.acquireMode === 1 ? 2 : 1 }
    const answer = await this.#guard(acknowledged, () => cluster.send(ShareFetch, this.id, request, limits))
    this.#takeFetched(answer, acknowledged)
  }

  #takeFetched(answer: FetchAnswer, acknowledged: readonly Acknowledged[]): void {
    const told = new Map(acknowledged.map(one => [keyOf(one.partition), one]))
    const wanted = new Map(this.#wanted.map(partition => [keyOf(partition), partition]))
    if (answer.acquisitionLockTimeoutMs > 0) this.#host.lockTimeout(answer.acquisitionLockTimeoutMs)
    for (const { topicId, partitions } of answer.responses)
      for (const one of partitions) {
        const key = keyOf({ topicId, partition: one.partitionIndex })
        const { errorCode: code, errorMessage } = one
        const acknowledgement = told.get(key)
        told.delete(key)
        if (acknowledgement !== undefined) {
          const { acknowledgeErrorCode, acknowledgeErrorMessage } = one
          this.#settle(acknowledgement, errorOf(acknowledgeErrorCode, acknowledgeErrorMessage))
        }
        const partition = wanted.get(key) ?? acknowledgement?.partition
        if (partition === undefined) continue
        if (code === 'NONE') this.#host.received(this, partition, one)
        else this.#partitionFailed(partition, errorOf(code, errorMessage)!, one.currentLeader, answer)
      }
    // What an answer does not name went well.
    for (const acknowledgement of told.values()) this.#settle(acknowledgement, undefined)
  }

  #partitionFailed(
    partition: SharePartition,
    error: KafkaError,
    leader: LeaderHint,
    answer: Pick<FetchAnswer, 'nodeEndpoints'>,
  ): void {
    if (error.retriable) this.#host.leaderMoved(partition, leader, answer.nodeEndpoints)
    else this.#host.fail(error)
  }

  async #sendAcknowledge(isLast: boolean): Promise<void> {
    const { cluster, settings } = this.#host
    await this.#dropUnsupportedRenewals()
    const acknowledged = this.#takePending()
    if (this.#session.isNew) return this.#fail(acknowledged, sessionLost())
    const isRenewAck = acknowledged.some(({ acknowledgements }) => acknowledgements.hasRenewals)
    const request = {
      groupId: settings.groupId,
      memberId: settings.memberId,
      ...this.#session.acknowledge(acknowledged, isLast),
      ...(isRenewAck && { isRenewAck }),
    }
    const limits = { purpose: 'fetch' as const, minVersion: isRenewAck ? 2 : 1 }
    const answer = await this.#guard(acknowledged, () =>
      cluster.send(ShareAcknowledge, this.id, request, limits),
    )
    this.#takeAcknowledged(answer, acknowledged)
  }

  /** Brokers before Kafka 4.2 cannot renew locks: the rest is told all the same. */
  async #dropUnsupportedRenewals(): Promise<void> {
    const renewing = [...this.#pending.values()].filter(
      ({ acknowledgements }) => acknowledgements.hasRenewals,
    )
    if (renewing.length === 0) return
    const range = await this.#host.cluster.versionsOf(this.id, ShareAcknowledge)
    if (range === undefined || range.max >= 2) return
    const error = new KafkaError('UNSUPPORTED', `Broker ${this.id} is too old to renew locks: Kafka 4.2 can.`)
    for (const { partition, acknowledgements } of renewing)
      this.#host.settled(partition, acknowledgements.dropRenewals(), error)
  }

  #takeAcknowledged(answer: AcknowledgeAnswer, acknowledged: readonly Acknowledged[]): void {
    const told = new Map(acknowledged.map(one => [keyOf(one.partition), one]))
    if (answer.acquisitionLockTimeoutMs > 0) this.#host.lockTimeout(answer.acquisitionLockTimeoutMs)
    for (const { topicId, partitions } of answer.responses)
      for (const { partitionIndex, errorCode, errorMessage, currentLeader } of partitions) {
        const key = keyOf({ topicId, partition: partitionIndex })
        const acknowledgement = told.get(key)
        if (acknowledgement === undefined) continue
        told.delete(key)
        const error = errorOf(errorCode, errorMessage)
        this.#settle(acknowledgement, error)
        if (error?.retry === 'refresh')
          this.#host.leaderMoved(acknowledgement.partition, currentLeader, answer.nodeEndpoints)
      }
    for (const acknowledgement of told.values()) this.#settle(acknowledgement, undefined)
  }

  /** Sends; when that fails the session is over, and what was to be told is not known to have been. */
  async #guard<Answer extends FetchAnswer | AcknowledgeAnswer>(
    acknowledged: readonly Acknowledged[],
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const answer = await send()
      const error = errorOf(answer.errorCode, answer.errorMessage)
      if (error !== undefined) throw error
      this.#session.advance()
      return answer
    } catch (error) {
      this.#session.reset()
      this.#fail(acknowledged, asKafkaError(error))
      throw error
    }
  }

  async #recover(error: KafkaError): Promise<void> {
    const { cluster } = this.#host
    cluster.logger.debug('a share session met an error', { node: this.id, error: error.message })
    if (!error.retriable && !isSessionError(error)) return this.#host.fail(error)
    if (error.retry === 'refresh') cluster.metadata.refresh().catch(() => {})
    const { config, random } = cluster
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    // A closed client waits for nothing.
    await cluster.delay(backOffMs(pause, ++this.#failures, random)).catch(() => {
      this.#isClosing = true
    })
  }

  #takePending(): Acknowledged[] {
    this.#linger?.cancel()
    this.#linger = undefined
    this.#isDue = false
    const acknowledged = [...this.#pending.values()]
    this.#pending.clear()
    return acknowledged
  }

  #failPending(error: KafkaError): void {
    this.#fail(this.#takePending(), error)
  }

  #fail(acknowledged: readonly Acknowledged[], error: KafkaError): void {
    for (const one of acknowledged) this.#settle(one, error)
  }

  #settle({ partition, acknowledgements }: Acknowledged, error: KafkaError | undefined): void {
    const offsets = acknowledgements.offsets()
    if (offsets.length > 0) this.#host.settled(partition, offsets, error)
  }
}

function errorOf(code: FetchAnswer['errorCode'], message: string | null): KafkaError | undefined {
  return code === 'NONE' ? undefined : new KafkaError(code, message ?? undefined)
}

/** The broker forgot the session, or lost count: a new one helps. */
function isSessionError({ code }: KafkaError): boolean {
  return (
    code === 'SHARE_SESSION_NOT_FOUND' ||
    code === 'INVALID_SHARE_SESSION_EPOCH' ||
    code === 'SHARE_SESSION_LIMIT_REACHED'
  )
}

function sessionLost(): KafkaError {
  const message = 'The session with the broker was lost meanwhile: the records are given to somebody again.'
  return new KafkaError('SHARE_SESSION_NOT_FOUND', message)
}
