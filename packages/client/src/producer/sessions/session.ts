import type { KafkaError } from '../../errors.ts'
import { NO_IDENTITY, type ProducerIdentity } from '../batch.ts'

/** Under which numbers a producer's batches leave, and which may: what idempotence and transactions differ in. */
export interface Session {
  readonly isIdempotent: boolean
  /** Null for a producer without transactions. */
  readonly transactionalId: string | null
  /** Versions of Produce above this one mean something else to the broker. */
  readonly produceVersionMax: number | undefined
  /** The numbers for what leaves now; undefined while they are asked for, which this call begins. */
  identity(): ProducerIdentity | undefined
  /** Why nothing is sent again that fails; undefined while it is. */
  readonly stopped: KafkaError | undefined
  /** Whether batches of the partition may leave now. If not, the sender is woken when they may. */
  mayLeave(topic: string, partition: number): boolean
  /** A partition cannot go on with this identity: the next call of `identity` gives another, or none yet. */
  renew(identity: ProducerIdentity): void
  /** Records of a partition were given up. */
  noteFailure(error: KafkaError): void
}

/** A producer that does not number its batches: a batch that is sent again may be stored twice. */
export const plainSession: Session = {
  isIdempotent: false,
  transactionalId: null,
  produceVersionMax: undefined,
  stopped: undefined,
  identity: () => NO_IDENTITY,
  mayLeave: () => true,
  renew: () => {},
  noteFailure: () => {},
}
