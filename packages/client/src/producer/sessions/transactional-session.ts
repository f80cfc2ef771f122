import { assert, type Clock } from '@samsa/base'
import {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  EndTxn,
  type ErrorName,
  InitProducerId,
  TxnOffsetCommit,
} from '@samsa/protocol'
import type { Cluster } from '../../cluster/index.ts'
import { KafkaError, type KafkaErrorName, asKafkaError, throwIfError } from '../../errors.ts'
import type { ProducerIdentity } from '../batch.ts'
import type { OffsetToCommit, TransactionGroup } from '../transaction.ts'
import type { Session } from './session.ts'

export interface TransactionalSessionOptions {
  readonly cluster: Cluster
  readonly transactionalId: string
  readonly transactionTimeoutMs: number
  /** How long a call may take. */
  readonly maxBlockMs: number
  /** Batches may be able to leave now. */
  readonly onChange: () => void
  /** The transaction failed: what has not left never will. */
  readonly onFailed: (error: KafkaError, isFatal: boolean) => void
}

/**
 *   new ──initialize──▶ ready ──begin──▶ open ──end──▶ ending ──▶ ready
 *                                         │              ▲
 *                                     a failure       end(abort)
 *                                         ▼              │
 *                                       failed ──────────┘          any ──fencing, authorization──▶ fatal
 *
 * `ending` stays when its outcome could not be learnt: the same end has to be asked for again.
 */
type State = 'new' | 'ready' | 'open' | 'failed' | 'ending' | 'fatal'

/** The first versions that belong to transactions of the second version (KIP-890): clients stay below without it. */
const V1_PRODUCE_MAX = 11
const V1_END_TXN_MAX = 4
const V1_OFFSET_COMMIT_MAX = 4
/** Clients add partitions in these versions; what is above is spoken between brokers. */
const ADD_PARTITIONS_MAX = 3
const TRANSACTION_FEATURE = 'transaction.version'
/** A transaction before is still being completed: this is over soon. */
const CONCURRENT_PAUSE_MS = 20

/** After these no transaction of this producer can succeed any more. */
const fatalCodes: ReadonlySet<KafkaErrorName> = new Set<KafkaErrorName>([
  'PRODUCER_FENCED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNSUPPORTED',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'CLOSED',
  'AUTHENTICATION',
])

/** Transactions of a producer, in both versions of the protocol: KIP-98, and KIP-890 where the cluster has it on. */
export class TransactionalSession implements Session {
  readonly isIdempotent = true
  readonly transactionalId: string
  readonly #options: TransactionalSessionOptions
  readonly #cluster: Cluster
  readonly #clock: Clock
  #state: State = 'new'
  #identity: ProducerIdentity | undefined
  /** KIP-890: brokers add partitions on the way, and each end raises the epoch. */
  #isV2 = false
  /** The coordinator knows of the transaction, or will. */
  #hasBegun = false
  #failure: KafkaError | undefined
  /** Sequences have a gap: the next transaction needs another epoch. */
  #needsEpoch = false
  /** What is being asked for by an end whose outcome is not known. */
  #isCommitting = false
  readonly #added = new Set<string>()
  #toAdd = new Map<string, { topic: string; partition: number }>()
  #isAdding = false
  #initializing: Promise<void> | undefined

  constructor(options: TransactionalSessionOptions) {
    this.#options = options
    this.#cluster = options.cluster
    this.#clock = options.cluster.clock
    this.transactionalId = options.transactionalId
  }

  get produceVersionMax(): number | undefined {
    return this.#isV2 ? undefined : V1_PRODUCE_MAX
  }

  get state(): State {
    return this.#state
  }

  /** Why the transaction, or the producer, failed. */
  get failure(): KafkaError | undefined {
    return this.#failure
  }

  identity(): ProducerIdentity | undefined {
    return this.#identity
  }

  mayLeave(topic: string, partition: number): boolean {
    if (this.#state !== 'open') return false
    if (this.#isV2) {
      this.#hasBegun = true
      return true
    }
    const name = `${topic}-${partition}`
    if (this.#added.has(name)) return true
    this.#toAdd.set(name, { topic, partition })
    void this.#addPartitions()
    return false
  }

  renew(): void {
    this.#needsEpoch = true
    this.#fail(new KafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER', 'earlier records of the transaction were lost'))
  }

  noteFailure(error: KafkaError): void {
    if (this.#state === 'open') this.#needsEpoch = true
    this.#fail(error)
  }

  get stopped(): KafkaError | undefined {
    return this.#state === 'failed' || this.#state === 'fatal' ? this.#failure : undefined
  }

  /** Nothing of the transaction leaves any more: it is about to be aborted. */
  stop(): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#failure = new KafkaError('ABORTED', 'the transaction was aborted.')
  }

  /** Gets the producer's id and epoch, which fences producers with the same transactional id; once. */
  initialize(): Promise<void> {
    if (this.#state === 'fatal') return Promise.reject(this.#fatalError())
    if (this.#state !== 'new') return Promise.resolve()
    this.#initializing ??= this.#getIdentity('beginning to use the transactional id').then(
      () => {
        this.#initializing = undefined
        if (this.#state === 'new') this.#state = 'ready'
      },
      error => {
        this.#initializing = undefined
        throw this.#noteError(error)
      },
    )
    return this.#initializing
  }

  /** Begins a transaction, having ended the one before if that is still to be done. */
  async begin(): Promise<void> {
    await this.initialize()
    if (this.#state === 'ending') await this.end(this.#isCommitting)
    if (this.#state === 'fatal') throw this.#fatalError()
    if (this.#state !== 'ready') {
      throw new KafkaError(
        'INVALID_ARGUMENT',
        'a transaction is open: commit or abort it before the next one.',
      )
    }
    await this.#learnVersion()
    this.#state = 'open'
    this.#failure = undefined
    this.#hasBegun = false
    this.#added.clear()
    this.#toAdd.clear()
  }

  /** Throws what keeps records from being sent: no transaction, or one that failed. */
  checkOpen(): void {
    if (this.#state === 'open') return
    if (this.#state === 'fatal') throw this.#fatalError()
    if (this.#state === 'failed') {
      const message = `the transaction failed already: abort it. The failure: ${this.#failure!.message}`
      throw new KafkaError('ABORTED', message, { cause: this.#failure })
    }
    throw new KafkaError(
      'INVALID_ARGUMENT',
      'a producer with a transactional.id sends in transactions only: begin one.',
    )
  }

  /** Commits or aborts. Before a commit everything has to be delivered; before an abort nothing may be on the wire. */
  async end(isCommit: boolean): Promise<void> {
    if (this.#state === 'fatal') throw this.#fatalError()
    if (isCommit && this.#state === 'failed') this.checkOpen()
    if (this.#state === 'ending' && this.#isCommitting !== isCommit) {
      const which = this.#isCommitting ? 'commit' : 'abort'
      throw new KafkaError(
        'INVALID_ARGUMENT',
        `the transaction is being ended already: ask for its ${which} again.`,
      )
    }
    if (this.#state === 'new' || this.#state === 'ready') {
      throw new KafkaError('INVALID_ARGUMENT', 'no transaction is open: begin one first.')
    }
    this.#state = 'ending'
    this.#isCommitting = isCommit
    try {
      if (this.#hasBegun) await this.#endTransaction(isCommit)
      if (this.#needsEpoch) await this.#getIdentity('getting a new epoch after a failed transaction')
    } catch (error) {
      throw this.#noteEndError(error)
    }
    this.#hasBegun = false
    this.#failure = undefined
    this.#state = 'ready'
  }

  /** Makes offsets of a group part of the transaction (KIP-447). */
  async sendOffsets(offsets: readonly OffsetToCommit[], group: TransactionGroup): Promise<void> {
    this.checkOpen()
    if (offsets.length === 0) return
    try {
      if (!this.#isV2) await this.#addOffsets(group.groupId)
      this.#hasBegun = true
      await this.#commitOffsets(offsets, group)
    } catch (error) {
      const failure = this.#noteError(error)
      this.#fail(failure)
      throw failure
    }
  }

  #fail(error: KafkaError): void {
    if (fatalCodes.has(error.code)) this.#failForGood(error)
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#failure = error
    this.#clock.defer(() => this.#options.onFailed(error, false))
  }

  #failForGood(error: KafkaError): void {
    if (this.#state === 'fatal') return
    this.#state = 'fatal'
    this.#failure = error
    this.#clock.defer(() => this.#options.onFailed(error, true))
  }

  #fatalError(): KafkaError {
    const { code, message } = this.#failure!
    return new KafkaError(
      code,
      `this producer can do nothing more: close it. ${message.replace(/^[A-Z_]+: /, '')}`,
      {
        cause: this.#failure,
      },
    )
  }

  #noteError(error: unknown): KafkaError {
    const failure = asKafkaError(error)
    if (fatalCodes.has(failure.code)) this.#failForGood(failure)
    return failure
  }

  /** An end that did not succeed: forbidden for good, or to be asked for again, or only an abort is left. */
  #noteEndError(error: unknown): KafkaError {
    const failure = this.#noteError(error)
    if (this.#state === 'fatal' || failure.retriable || failure.code === 'TIMED_OUT') return failure
    if (failure.code === 'INVALID_TXN_STATE') this.#failForGood(failure)
    else {
      this.#state = 'failed'
      this.#failure = failure
    }
    return failure
  }

  #deadline(): number {
    return this.#cluster.deadlineIn(this.#options.maxBlockMs)
  }

  /** Asks the coordinator, again while that can help. */
  #coordinate<T>(what: string, work: (node: number) => Promise<T>): Promise<T> {
    const coordinator = { kind: 'transaction', key: this.transactionalId } as const
    const attempt = async () => {
      const node = await this.#cluster.coordinatorOf('transaction', this.transactionalId)
      for (;;) {
        try {
          return await work(node)
        } catch (error) {
          if (!(error instanceof KafkaError) || error.code !== 'CONCURRENT_TRANSACTIONS') throw error
          if (this.#clock.monotonicMs() + CONCURRENT_PAUSE_MS >= deadlineMs) throw error
          await this.#cluster.delay(CONCURRENT_PAUSE_MS)
        }
      }
    }
    const deadlineMs = this.#deadline()
    return this.#cluster.retry(what, deadlineMs, attempt, { coordinator })
  }

  async #getIdentity(what: string): Promise<void> {
    const { transactionalId } = this
    const before = this.#identity
    const answer = await this.#coordinate(what, async node => {
      const answer = await this.#cluster.send(
        InitProducerId,
        node,
        version => ({
          transactionalId,
          transactionTimeoutMs: this.#options.transactionTimeoutMs,
          // KIP-360: who states the numbers it has is given the next epoch, unless it was fenced.
          ...(version >= 3 && before !== undefined && { producerId: before.id, producerEpoch: before.epoch }),
        }),
        { purpose: 'coordinator' },
      )
      this.#throwIfRefused(answer.errorCode, 'a producer id')
      return answer
    })
    this.#identity = { id: answer.producerId, epoch: answer.producerEpoch }
    this.#needsEpoch = false
  }

  async #learnVersion(): Promise<void> {
    const versions = await this.#coordinate('looking at what the coordinator speaks', node =>
      this.#cluster.brokerVersions(node),
    )
    this.#isV2 = (versions.features.get(TRANSACTION_FEATURE) ?? 0) >= 2
  }

  async #endTransaction(isCommit: boolean): Promise<void> {
    const { id, epoch } = this.#numbers()
    const isV2 = this.#isV2
    const answer = await this.#coordinate(
      `${isCommit ? 'committing' : 'aborting'} the transaction`,
      async node => {
        const answer = await this.#cluster.send(
          EndTxn,
          node,
          {
            transactionalId: this.transactionalId,
            producerId: id,
            producerEpoch: epoch,
            committed: isCommit,
          },
          {
            purpose: 'coordinator',
            ...(isV2 ? { minVersion: V1_END_TXN_MAX + 1 } : { maxVersion: V1_END_TXN_MAX }),
          },
        )
        this.#throwIfRefused(answer.errorCode, isCommit ? 'the commit' : 'the abort')
        return answer
      },
    )
    if (!isV2 || answer.producerId < 0) return
    this.#identity = { id: answer.producerId, epoch: answer.producerEpoch }
    this.#needsEpoch = false
  }

  /** Adds the partitions that wait for it, all at once; those that come meanwhile, afterwards. */
  async #addPartitions(): Promise<void> {
    if (this.#isAdding) return
    this.#isAdding = true
    // What this turn of the event loop brings goes together.
    await new Promise<void>(resolve => this.#clock.defer(resolve))
    try {
      while (this.#toAdd.size > 0 && this.#state === 'open') await this.#addOnce()
    } catch (error) {
      this.#fail(this.#noteError(error))
    } finally {
      this.#isAdding = false
    }
  }

  async #addOnce(): Promise<void> {
    const adding = this.#toAdd
    this.#toAdd = new Map()
    this.#hasBegun = true
    const topics = new Map<string, number[]>()
    for (const { topic, partition } of adding.values()) {
      const partitions = topics.get(topic) ?? []
      partitions.push(partition)
      topics.set(topic, partitions)
    }
    const { id, epoch } = this.#numbers()
    const request = {
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: id,
      v3AndBelowProducerEpoch: epoch,
      v3AndBelowTopics: [...topics].map(([name, partitions]) => ({ name, partitions })),
    }
    await this.#coordinate('adding partitions to the transaction', async node => {
      const options = { purpose: 'coordinator', maxVersion: ADD_PARTITIONS_MAX } as const
      const answer = await this.#cluster.send(AddPartitionsToTxn, node, request, options)
      for (const { name, resultsByPartition } of answer.resultsByTopicV3AndBelow) {
        for (const { partitionIndex, partitionErrorCode } of resultsByPartition) {
          if (partitionErrorCode === 'OPERATION_NOT_ATTEMPTED') continue
          this.#throwIfRefused(partitionErrorCode, `${name}-${partitionIndex}`)
        }
      }
    })
    for (const name of adding.keys()) this.#added.add(name)
    this.#options.onChange()
  }

  async #addOffsets(groupId: string): Promise<void> {
    const { id, epoch } = this.#numbers()
    const request = { transactionalId: this.transactionalId, producerId: id, producerEpoch: epoch, groupId }
    await this.#coordinate('adding offsets to the transaction', async node => {
      const answer = await this.#cluster.send(AddOffsetsToTxn, node, request, { purpose: 'coordinator' })
      this.#throwIfRefused(answer.errorCode, `the group '${groupId}'`)
    })
  }

  async #commitOffsets(offsets: readonly OffsetToCommit[], group: TransactionGroup): Promise<void> {
    const { id, epoch } = this.#numbers()
    const { groupId, memberId = '', generationId = -1, groupInstanceId = null } = group
    const request = {
      transactionalId: this.transactionalId,
      groupId,
      producerId: id,
      producerEpoch: epoch,
      topics: offsetTopics(offsets),
    }
    const coordinator = { kind: 'group', key: groupId } as const
    const bounds = this.#isV2
      ? { minVersion: V1_OFFSET_COMMIT_MAX + 1 }
      : { maxVersion: V1_OFFSET_COMMIT_MAX }
    // Members are named since v3: without, the broker could not tell a member that was fenced.
    const needsMember = memberId !== '' || groupInstanceId !== null
    const options = { purpose: 'coordinator', ...(needsMember && { minVersion: 3 }), ...bounds } as const
    await this.#cluster.retry(
      'committing offsets in the transaction',
      this.#deadline(),
      async () => {
        const node = await this.#cluster.coordinatorOf('group', groupId)
        const answer = await this.#cluster.send(
          TxnOffsetCommit,
          node,
          version => (version >= 3 ? { ...request, generationId, memberId, groupInstanceId } : request),
          options,
        )
        for (const { name, partitions } of answer.topics) {
          for (const { partitionIndex, errorCode } of partitions)
            this.#throwIfRefused(errorCode, `the offset of ${name}-${partitionIndex}`)
        }
      },
      { coordinator },
    )
  }

  /** What coordinators say of producers that are not the newest is the same in old and new versions: fenced. */
  #throwIfRefused(errorCode: ErrorName, what: string): void {
    if (errorCode === 'INVALID_PRODUCER_EPOCH' || errorCode === 'PRODUCER_FENCED') {
      throw new KafkaError(
        'PRODUCER_FENCED',
        `${what} was refused: another producer uses the transactional id '${this.transactionalId}', or the transaction took longer than transaction.timeout.ms. Close this producer.`,
      )
    }
    if (errorCode === 'NONE') return
    throwIfError(
      errorCode,
      `${what} was refused for the transactional id '${this.transactionalId}': ${errorCode}`,
    )
  }

  #numbers(): ProducerIdentity {
    assert(this.#identity !== undefined, 'a transaction begins with an identity')
    return this.#identity
  }
}

function offsetTopics(offsets: readonly OffsetToCommit[]) {
  const topics = new Map<string, OffsetToCommit[]>()
  for (const offset of offsets) {
    const list = topics.get(offset.topic) ?? []
    list.push(offset)
    topics.set(offset.topic, list)
  }
  return [...topics].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, offset, leaderEpoch = -1, metadata = '' }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: metadata,
    })),
  }))
}
