import { KafkaError, type KafkaErrorName, type KafkaErrorOptions, aboutError } from '../errors.ts'

/** Why a record was not delivered, or why that is not known. */
export class ProduceError extends KafkaError {
  readonly topic: string
  /** -1 when the record was given up before it had one. */
  readonly partition: number
  /** Whether the record may have been stored nevertheless: the answer is what was lost. */
  readonly mayBeStored: boolean

  /** @param what what happened, one sentence; what to do follows from the code unless `advice` says it */
  constructor(
    code: KafkaErrorName,
    topic: string,
    partition: number,
    what: string,
    options: KafkaErrorOptions & { mayBeStored?: boolean; advice?: string } = {},
  ) {
    const place = partition < 0 ? topic : `${topic}-${partition}`
    super(code, `${place}: ${what} ${options.advice ?? aboutError(code)}`, options)
    this.topic = topic
    this.partition = partition
    this.mayBeStored = options.mayBeStored ?? false
  }
}
