import { AssertionError, type Clock, type Logger, MalformedError } from '@samsa/base'
import { type Groups, endTransaction, eventOf, evolve, newGroups } from '@samsa/coordinators'
import type { ErrorName } from '@samsa/protocol'
import type { CoordinatorLog, LogEntry } from './coordinator-log.ts'

export interface GroupLoaderOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly log: CoordinatorLog
  /** Told what the log adds up to, once all of it survives a power cut. */
  readonly loaded: (groups: Groups) => void
  readonly failed: (error: ErrorName) => void
}

/** How long loading may hold up the loop at a time. */
const SLICE_MS = 5

/** Replays a coordinator's log, a short one at once, a long one in slices beside the traffic. */
export class GroupLoader {
  readonly #options: GroupLoaderOptions
  #groups: Groups = newGroups()
  #nextOffset = 0
  /** Counts loads, so that what is left of an abandoned one is recognised. */
  #load = 0

  constructor(options: GroupLoaderOptions) {
    this.#options = options
  }

  /** Starts from the beginning; a load under way is abandoned. */
  start(): void {
    this.#load++
    this.#groups = newGroups()
    this.#nextOffset = this.#options.log.startOffset
    this.#loadSlice(this.#load)
  }

  /** Abandons a load under way: nobody is told of it. */
  abandon(): void {
    this.#load++
  }

  #loadSlice(load: number): void {
    if (load !== this.#load) return
    const { clock, log, failed } = this.#options
    const sliceEndMs = clock.monotonicMs() + SLICE_MS
    let isMore = true
    while (isMore && clock.monotonicMs() < sliceEndMs) {
      const step = log.read(this.#nextOffset)
      if (step.error !== 'NONE') {
        failed(step.error)
        return
      }
      for (const entry of step.entries) this.#replay(entry)
      isMore = step.nextOffset > this.#nextOffset
      this.#nextOffset = step.nextOffset
    }
    if (isMore) clock.defer(() => this.#loadSlice(load))
    else this.#awaitSafety(load)
  }

  // What was read may not be durable yet, after a crash for instance; answers must not rest on it before it is.
  #awaitSafety(load: number): void {
    const { log, loaded, failed } = this.#options
    const settle = (error: ErrorName) => {
      if (load !== this.#load) return
      if (error === 'NONE') loaded(this.#groups)
      else failed(error)
    }
    const safe = log.whenSafe()
    if (typeof safe === 'string') settle(safe)
    else void safe.then(settle)
  }

  #replay(entry: LogEntry): void {
    if (entry.kind === 'transactionEnd') {
      endTransaction(this.#groups, entry.producerId, entry.isCommitted)
      return
    }
    const { offset: logOffset, producerId } = entry
    try {
      const event = eventOf(entry.record)
      if (event === undefined) return
      evolve(this.#groups, event, producerId === undefined ? { logOffset } : { logOffset, producerId })
    } catch (error) {
      if (!(error instanceof MalformedError) && !(error instanceof AssertionError)) throw error
      const what = `The record of consumer groups at offset ${logOffset} cannot be read and is left out.`
      this.#options.logger.error(what, { error })
    }
  }
}
