import { InitProducerId } from '@samsa/protocol'
import type { Cluster } from '../../cluster/index.ts'
import { KafkaError, asKafkaError, throwIfError } from '../../errors.ts'
import type { ProducerIdentity } from '../batch.ts'
import type { Session } from './session.ts'

const EPOCH_MAX = 0x7fff
const INT_MAX = 0x7fff_ffff

export interface IdempotentSessionOptions {
  readonly cluster: Cluster
  /** How long one round of asking for an id may take. */
  readonly timeoutMs: number
  /** There are new numbers. */
  readonly onChange: () => void
  /** No id can be had; it is asked for again when there is something to send again. */
  readonly onFailure: (error: KafkaError) => void
}

/** A producer whose batches are numbered, so that none is stored twice (KIP-98), without transactions. */
export class IdempotentSession implements Session {
  readonly isIdempotent = true
  readonly transactionalId = null
  readonly produceVersionMax = undefined
  readonly stopped = undefined
  readonly #options: IdempotentSessionOptions
  #identity: ProducerIdentity | undefined
  #isAsking = false

  constructor(options: IdempotentSessionOptions) {
    this.#options = options
  }

  identity(): ProducerIdentity | undefined {
    if (this.#identity === undefined && !this.#isAsking) void this.#ask()
    return this.#identity
  }

  mayLeave(): boolean {
    return true
  }

  /** KIP-360: without transactions the producer raises its epoch itself. Each partition takes it up when it can. */
  renew(identity: ProducerIdentity): void {
    if (identity !== this.#identity) return
    this.#identity = identity.epoch < EPOCH_MAX ? { id: identity.id, epoch: identity.epoch + 1 } : undefined
    this.#options.onChange()
  }

  noteFailure(): void {}

  async #ask(): Promise<void> {
    const { cluster, timeoutMs, onChange, onFailure } = this.#options
    this.#isAsking = true
    try {
      this.#identity = await cluster.retry('getting a producer id', cluster.deadlineIn(timeoutMs), () =>
        this.#askOnce(),
      )
      this.#isAsking = false
      onChange()
    } catch (error) {
      this.#isAsking = false
      onFailure(explained(asKafkaError(error)))
    }
  }

  async #askOnce(): Promise<ProducerIdentity> {
    const request = { transactionalId: null, transactionTimeoutMs: INT_MAX }
    const answer = await this.#options.cluster.send(InitProducerId, 'any', request)
    throwIfError(answer.errorCode, 'no producer id was given', { path: '/errorCode' })
    return { id: answer.producerId, epoch: answer.producerEpoch }
  }
}

function explained(error: KafkaError): KafkaError {
  if (error.code !== 'UNSUPPORTED') return error
  const message = `${error.message} A producer without enable.idempotence works with it.`
  return new KafkaError('UNSUPPORTED', message, { cause: error })
}
