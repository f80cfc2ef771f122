import { type ErrorName, type Retry, errors } from '@samsa/protocol'

interface ClientErrorRow {
  readonly retry: Retry
  /** What happened and what to do, in a sentence or two. */
  readonly about: string
}

/** What can go wrong on the client's side, beside the errors of the protocol. */
export const clientErrors = {
  DISCONNECTED: {
    retry: 'refresh',
    about: 'The broker cannot be reached, or the connection broke before the answer came.',
  },
  TIMED_OUT: {
    retry: 'refresh',
    about: 'It was not done in time. Look at the cause, or allow more time.',
  },
  CLOSED: { retry: 'no', about: 'The client is closed: make a new one.' },
  BUFFER_FULL: {
    retry: 'again',
    about: 'The buffer of unsent records is full: wait for earlier sends, or raise buffer.memory.',
  },
  INVALID_CONFIG: { retry: 'no', about: 'A configuration key or value is not valid.' },
  INVALID_ARGUMENT: { retry: 'no', about: 'An argument is not valid: the call has to be changed.' },
  SERIALIZATION: { retry: 'no', about: 'A key or value cannot be serialized by the serializer given.' },
  DESERIALIZATION: {
    retry: 'no',
    about:
      'A key or value cannot be read by the deserializer given: use one that fits, or seek past the record.',
  },
  UNSUPPORTED: { retry: 'no', about: 'The broker is too old, too new or not configured for this.' },
  AUTHENTICATION: { retry: 'no', about: 'The broker did not accept the credentials or the certificate.' },
  ABORTED: { retry: 'no', about: 'The caller gave up waiting, or the work was given up before it was done.' },
  HANDLER: { retry: 'no', about: "The application's own function failed: see the cause." },
  MALFORMED: {
    retry: 'no',
    about:
      'The broker answered what is not the Kafka protocol: check the port, or report it with the broker version.',
  },
} as const satisfies Record<string, ClientErrorRow>

export type ClientErrorName = keyof typeof clientErrors

export type KafkaErrorName = ErrorName | ClientErrorName

export interface KafkaErrorOptions {
  /** Where in the response: '/responses/0/partitionResponses/3'. */
  readonly path?: string
  /** The broker that said so, or that did not answer: '2 (kafka-2:9092)'. */
  readonly broker?: string
  readonly cause?: unknown
  /** Overrules what the error's row says about trying again. */
  readonly retry?: Retry
}

/**
 * The one class the client throws at its edge (decision D10).
 *
 * `code` is the protocol's name of the error or one of `clientErrors`; the message says what happened and what to do.
 */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  readonly code: KafkaErrorName
  /** What to do about it; see `Retry`. */
  readonly retry: Retry
  declare readonly path?: string
  declare readonly broker?: string

  /** @param message what happened; the sentence of the error's row unless given */
  constructor(code: KafkaErrorName, message?: string, options: KafkaErrorOptions = {}) {
    super(textOf(code, message), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retry = options.retry ?? rowOf(code).retry
    if (options.path !== undefined) this.path = options.path
    if (options.broker !== undefined) this.broker = options.broker
  }

  /** Whether the same call may succeed later. Group members that have to join anew are not: that is for the group. */
  get retriable(): boolean {
    return this.retry === 'again' || this.retry === 'refresh' || this.retry === 'coordinator'
  }
}

/** What an error means and what to do about it, in a sentence or two. */
export function aboutError(code: KafkaErrorName): string {
  return rowOf(code).about
}

/** Any thrown value as a `KafkaError`: itself if it is one, otherwise with the given code and the value as cause. */
export function asKafkaError(error: unknown, code: KafkaErrorName = 'UNKNOWN_SERVER_ERROR'): KafkaError {
  if (error instanceof KafkaError) return error
  return new KafkaError(code, error instanceof Error ? error.message : String(error), { cause: error })
}

/**
 * Throws unless `errorCode` is NONE.
 *
 * @param message what the broker added to the error, if anything
 */
export function throwIfError(
  errorCode: ErrorName,
  message?: string | null,
  options: KafkaErrorOptions = {},
): void {
  if (errorCode !== 'NONE') throw new KafkaError(errorCode, message ?? undefined, options)
}

function rowOf(code: KafkaErrorName): ClientErrorRow {
  return Object.hasOwn(clientErrors, code) ? clientErrors[code as ClientErrorName] : errors[code as ErrorName]
}

function textOf(code: KafkaErrorName, message: string | undefined): string {
  return message === undefined || message === '' ? `${code}: ${rowOf(code).about}` : `${code}: ${message}`
}
