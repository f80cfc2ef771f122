import type { Clock, Logger, Random } from '@samsa/base'
import { type ErrorName, errors, isRetriable } from '@samsa/protocol'
import { backOffMs } from '../cluster/back-off.ts'
import { KafkaError } from '../errors.ts'
import { expiryError, failureError } from './batch-failures.ts'
import type { Batch } from './batch.ts'
import type { Lane } from './lane.ts'
import { AnswerIndex, type LocatedAnswer, type ProduceAnswer, pathOf } from './produce-answer.ts'
import { ProduceError } from './produce-error.ts'
import type { Parcel } from './produce-request.ts'
import type { SenderOptions } from './sender.ts'
import type { Session } from './sessions/session.ts'
import type { UnsettledBatches } from './unsettled-batches.ts'

/** What outcomes ask of the sender. */
export interface OutcomeHost {
  /** A lane has a new batch. */
  added(lane: Lane, batch: Batch): void
  /** A lane may have something to send. */
  activate(lane: Lane): void
  /** Something changed: looks soon what can be sent. */
  wake(): void
}

/**
 * What becomes of batches that were sent: stored, sent again, sent in parts, or given up with the reason. Each is
 * settled once.
 */
export class BatchOutcomes {
  readonly #options: SenderOptions
  readonly #unsettled: UnsettledBatches
  readonly #host: OutcomeHost
  readonly #clock: Clock
  readonly #random: Random
  readonly #logger: Logger

  constructor(options: SenderOptions, unsettled: UnsettledBatches, host: OutcomeHost) {
    this.#options = options
    this.#unsettled = unsettled
    this.#host = host
    this.#clock = options.cluster.clock
    this.#random = options.cluster.random
    this.#logger = options.cluster.logger
  }

  /** The broker answered a request with these. */
  answered(parcels: readonly Parcel[], answer: ProduceAnswer): void {
    const index = new AnswerIndex(answer)
    for (const parcel of parcels) {
      const { topic, partition } = parcel.batch
      const located = index.of(topic, parcel.topicId, partition)
      if (located === undefined)
        this.lost(parcel, new KafkaError('MALFORMED', `no answer for ${topic}-${partition}`))
      else if (located.answer.errorCode === 'NONE') {
        this.stored(parcel, located.answer.baseOffset, located.answer.logAppendTimeMs)
      } else this.#refused(parcel, located, answer)
    }
  }

  /** No answer: the broker may have the batch. */
  lost({ lane, batch }: Parcel, error: KafkaError): void {
    batch.isOnWire = false
    batch.mayBeStored = true
    if (error.retriable || error.code === 'MALFORMED') this.#tryAgain(lane, batch, error)
    else this.giveUp(lane, batch, failureError(batch, error))
  }

  stored({ lane, batch }: Parcel, baseOffset: number, appendTimestamp: number): void {
    lane.stored(batch)
    this.#settled(batch)
    const { topic, partition } = batch
    batch.delivered({ topic, partition, baseOffset, appendTimestamp })
    this.#options.metrics.stored(batch)
    release(batch)
    if (lane.hasWork) this.#host.activate(lane)
  }

  #refused(parcel: Parcel, located: LocatedAnswer, whole: ProduceAnswer): void {
    const { answer } = located
    const path = pathOf(located)
    const { lane, batch } = parcel
    const { errorCode, errorMessage } = answer
    const { topic, partition } = batch
    batch.isOnWire = false
    if (errorCode === 'DUPLICATE_SEQUENCE_NUMBER') {
      this.stored(parcel, -1, -1)
      return
    }
    const said = errorMessage === null || errorMessage === '' ? errors[errorCode].about : errorMessage
    const error = new KafkaError(errorCode, `${topic}-${partition}: ${said}`, { path })
    if (mayBeStoredAfter(errorCode)) batch.mayBeStored = true
    if (errorCode === 'MESSAGE_TOO_LARGE' && batch.recordCount > 1 && !batch.isSettled) {
      this.#split(lane, batch)
      return
    }
    if (this.#options.session.isIdempotent && isOutOfSequence(errorCode, this.#options.session)) {
      this.#outOfSequence(lane, batch, error)
      return
    }
    if (answer.recordErrors.length > 0) {
      this.#invalidRecords(lane, batch, answer, path)
      return
    }
    if (!isRetriable(errorCode)) {
      this.giveUp(lane, batch, failureError(batch, error))
      return
    }
    const isMoved = this.#noteLeader(topic, partition, answer, whole)
    if (errors[errorCode].retry === 'refresh' && !isMoved) this.#options.cluster.metadata.invalidate(topic)
    this.#tryAgain(lane, batch, error, isMoved)
  }

  /** KIP-951: a refusal may name the new leader; whether it was news, so that nothing needs to be waited for. */
  #noteLeader(
    topic: string,
    partition: number,
    { currentLeader }: LocatedAnswer['answer'],
    whole: ProduceAnswer,
  ): boolean {
    const { leaderId, leaderEpoch } = currentLeader
    if (leaderId < 0 || leaderEpoch < 0) return false
    const endpoint = whole.nodeEndpoints.find(({ nodeId }) => nodeId === leaderId)
    return this.#options.cluster.metadata.updateLeader(topic, partition, leaderId, leaderEpoch, endpoint)
  }

  /**
   * The broker expected another sequence number. For any but the first batch that only says that one before it is
   * missing; for the first, that the broker lost its place.
   */
  #outOfSequence(lane: Lane, batch: Batch, error: KafkaError): void {
    batch.lastError = error
    batch.mayBeStored = false
    const isFirst = lane.sent[0] === batch
    if (isFirst && this.#options.session.transactionalId !== null) {
      this.giveUp(lane, batch, failureError(batch, error))
      lane.startOver()
      return
    }
    if (!isFirst) {
      this.#tryAgain(lane, batch, error)
      return
    }
    this.#logger.info('a partition starts over with a new producer epoch', {
      topic: batch.topic,
      partition: batch.partition,
      reason: error.code,
    })
    lane.tryAgain(batch, 0)
    lane.startOver()
    this.#afterRefusal(lane, batch)
  }

  #tryAgain(lane: Lane, batch: Batch, error: KafkaError, isAtOnce = false): void {
    batch.lastError = error
    if (batch.isSettled || batch.attempts > this.#options.retries) {
      this.giveUp(lane, batch, failureError(batch, error))
      return
    }
    const { stopped } = this.#options.session
    if (stopped !== undefined) {
      this.giveUp(lane, batch, failureError(batch, stopped))
      return
    }
    const nowMs = this.#clock.monotonicMs()
    if (nowMs >= batch.createdAtMs + this.#options.deliveryTimeoutMs) {
      this.giveUp(lane, batch, this.expiryOf(batch))
      return
    }
    const pauseMs = isAtOnce ? 0 : backOffMs(this.#options.retryBackoff, batch.attempts, this.#random)
    this.#options.metrics.retried(batch)
    lane.tryAgain(batch, nowMs + pauseMs)
    this.#afterRefusal(lane, batch)
  }

  #afterRefusal(lane: Lane, batch: Batch): void {
    if (batch.isSettled) this.giveUp(lane, batch, batch.lastError!)
    if (lane.hasWork) this.#host.activate(lane)
    this.#host.wake()
  }

  #split(lane: Lane, batch: Batch): void {
    const parts = batch.split(Math.max(1, Math.floor(batch.length / 2)))
    lane.batchBytesMax = Math.min(lane.batchBytesMax, Math.max(1, Math.floor(batch.length / 2)))
    this.#logger.info('the broker takes no batch as large as one of this partition: it is sent in parts', {
      topic: batch.topic,
      partition: batch.partition,
      bytes: batch.length,
      parts: parts.length,
    })
    batch.mayBeStored = false
    lane.giveUp(batch)
    for (const part of parts) {
      this.#options.buffer.reserve(part.bytesReserved)
      lane.putBack(part)
      this.#host.added(lane, part)
    }
    this.#unsettled.extend(batch, parts)
    this.#settled(batch)
    release(batch)
    this.#options.metrics.split(batch)
    this.#host.wake()
  }

  #invalidRecords(lane: Lane, batch: Batch, answer: LocatedAnswer['answer'], path: string): void {
    const { topic, partition } = batch
    const reasons = new Map(
      answer.recordErrors.map(({ batchIndex, batchIndexErrorMessage }) => [
        batchIndex,
        batchIndexErrorMessage,
      ]),
    )
    const errorAt = (at: number) => {
      const own = reasons.get(at)
      if (own === undefined) {
        return new ProduceError(
          answer.errorCode,
          topic,
          partition,
          'another record of the same batch is not valid.',
          {
            path,
            advice: 'This one can be sent again.',
          },
        )
      }
      const said = own ?? answer.errorMessage ?? errors[answer.errorCode].about
      return new ProduceError(answer.errorCode, topic, partition, `the broker refused the record: ${said}`, {
        path,
        advice: "Mend the record; the topic's configuration says what it takes.",
      })
    }
    this.#options.session.noteFailure(errorAt(answer.recordErrors[0]!.batchIndex))
    this.#options.metrics.failed(batch)
    lane.giveUp(batch)
    batch.failedEach(errorAt)
    this.#settled(batch)
    release(batch)
    if (lane.hasWork) this.#host.activate(lane)
    this.#host.wake()
  }

  /** Tells everybody who waits for the batch, and lets the lane go on without it. Those on the wire stay until answered. */
  giveUp(lane: Lane, batch: Batch, error: KafkaError): void {
    if (!batch.isSettled) {
      this.#options.metrics.failed(batch)
      batch.failed(() => error)
      this.#options.session.noteFailure(error)
    }
    this.#settled(batch)
    if (!batch.isOnWire) lane.giveUp(batch)
    if (lane.hasWork) this.#host.activate(lane)
    this.#host.wake()
  }

  /** Its time is up. */
  expiryOf(batch: Batch): ProduceError {
    const { topic, partition } = batch
    const leaderId = this.#options.cluster.metadata.topic(topic)?.partitions[partition]?.leaderId ?? -1
    return expiryError(batch, this.#options.deliveryTimeoutMs, leaderId)
  }

  #settled(batch: Batch): void {
    if (this.#unsettled.settle(batch)) this.#options.buffer.free(batch.bytesReserved)
  }
}

/** Memory of a batch that was sent more than once is left to the collector: an old connection may still hold it. */
function release(batch: Batch): void {
  if (batch.attempts <= 1) batch.release()
}

/** Refusals after which the batch may be in the log nevertheless. */
function mayBeStoredAfter(error: ErrorName): boolean {
  return (
    error === 'REQUEST_TIMED_OUT' ||
    error === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' ||
    error === 'KAFKA_STORAGE_ERROR' ||
    error === 'UNKNOWN_SERVER_ERROR'
  )
}

function isOutOfSequence(error: ErrorName, session: Session): boolean {
  if (error === 'INVALID_PRODUCER_EPOCH') return session.transactionalId === null
  return error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' || error === 'UNKNOWN_PRODUCER_ID'
}
