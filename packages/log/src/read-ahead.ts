import { type Clock, DiskError } from '@samsa/base'
import type { PositionHints } from './position-hints.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

/** Readers that are followed at a time; beyond, the longest unused are forgotten. */
const STREAMS_MAX = 16
/** What a reader needs at least, and how far it is walked over batches before more is brought into memory. */
const LOOK_BYTES = 64 * 1024
/** Of what is in memory already larger pieces are looked at, which costs the less. */
const CACHED_PIECE_BYTES = 8 * 1024 * 1024
/** So far back of a reader the page cache is trusted to have what was brought there for it. */
const KEPT_BYTES = 16 * 1024 * 1024
/** And for so long. */
const KEPT_MS = 10_000

/**
 * Brings what readers of old records are about to read into the page cache, so that nobody else waits while the disk
 * does: what is asked for now, and while that is sent, as much of what follows it.
 */
export class ReadAhead {
  readonly #clock: Clock
  readonly #segments: SegmentList
  readonly #hints: PositionHints
  readonly #isClosed: () => boolean
  /** The longest unused first. */
  #streams: Stream[] = []

  constructor(clock: Clock, segments: SegmentList, hints: PositionHints, isClosed: () => boolean) {
    this.#clock = clock
    this.#segments = segments
    this.#hints = hints
    this.#isClosed = isClosed
  }

  /**
   * Resolves once a read of so many bytes from `offset` on, and of the whole first batch, finds them in memory;
   * undefined when it does already. Never rejects.
   */
  cover(offset: number, maxBytes: number): Promise<void> | undefined {
    const segment = this.#segments.at(this.#segments.floor(offset))
    if (segment === undefined) return undefined
    const wanted = { offset, byteCount: Math.max(maxBytes, LOOK_BYTES) }
    const position = this.#hints.find(offset, segment.baseOffset)
    if (position < 0) return ignoringFailure(this.#findAndCover(segment, wanted))
    const stream = this.#streamAt(segment, position)
    const ready = stream.advance(position, wanted.byteCount)
    if (ready === undefined && stream.has(position, batchBytesAt(segment, position))) return undefined
    return ignoringFailure(this.#coverFrom(segment, position, wanted))
  }

  async #findAndCover(segment: Segment, wanted: Wanted): Promise<void> {
    const isStale = this.#staleness()
    if (wanted.offset > segment.baseOffset) await segment.readAheadIndex()
    if (!isStale()) await this.#coverFrom(segment, segment.guessPosition(wanted.offset), wanted)
  }

  /** Walks from a batch at `start`, no further than what is in memory at a time, to the one that is wanted. */
  async #coverFrom(segment: Segment, start: number, { offset, byteCount }: Wanted): Promise<void> {
    const stream = this.#streamAt(segment, start)
    const isStale = this.#staleness()
    for (let position = start; ; ) {
      const end = position + LOOK_BYTES
      await stream.advance(position, byteCount + LOOK_BYTES)
      if (isStale()) return
      const batch = segment.walk(position)
      while (position < end) {
        if (!batch.next()) return
        if (batch.lastOffset >= offset) {
          // It is read whole, however little of it was asked for.
          await stream.advance(batch.position, Math.max(byteCount, batch.length))
          return
        }
        position = batch.position + batch.length
      }
    }
  }

  /** Tells from now on whether the log was closed, or segments were dropped, cut or exchanged. */
  #staleness(): () => boolean {
    const { generation } = this.#hints
    return () => this.#isClosed() || this.#hints.generation !== generation
  }

  #streamAt(segment: Segment, position: number): Stream {
    const index = this.#streams.findIndex(stream => stream.isAt(segment, position))
    const [stream] = index < 0 ? [] : this.#streams.splice(index, 1)
    if (this.#streams.length >= STREAMS_MAX) this.#streams.shift()
    this.#streams.push(stream ?? new Stream(this.#clock, segment, position, this.#staleness()))
    return this.#streams.at(-1)!
  }
}

interface Wanted {
  readonly offset: number
  readonly byteCount: number
}

/** A stretch of a segment that a reader goes through: from where it is to how far it was read ahead. */
class Stream {
  readonly #clock: Clock
  readonly #segment: Segment
  readonly #isStale: () => boolean
  #start: number
  /** In memory up to here; being brought there up to the end of the last piece. */
  #coveredTo: number
  readonly #pieces: { readonly end: number; readonly done: Promise<void> }[] = []
  #usedAtMs: number
  /** Whether the last piece turned out to be in memory: then it is enough to look at both ends of the next. */
  #isCached = false

  constructor(clock: Clock, segment: Segment, start: number, isStale: () => boolean) {
    this.#clock = clock
    this.#segment = segment
    this.#isStale = isStale
    this.#start = start
    this.#coveredTo = start
    this.#usedAtMs = clock.monotonicMs()
  }

  isAt(segment: Segment, position: number): boolean {
    const isKept = this.#clock.monotonicMs() - this.#usedAtMs < KEPT_MS && !this.#isStale()
    return isKept && segment === this.#segment && position >= this.#start && position <= this.#requestedTo
  }

  /** Whether so many bytes from `position` on, where it was advanced to, are in memory. */
  has(position: number, byteCount: number): boolean {
    return this.#coveredTo >= Math.min(position + byteCount, this.#segment.size)
  }

  get #requestedTo(): number {
    return this.#pieces.at(-1)?.end ?? this.#coveredTo
  }

  /** The reader is at `position` now. Resolves once so many bytes are in memory; undefined when they are. */
  advance(position: number, byteCount: number): Promise<void> | undefined {
    this.#usedAtMs = this.#clock.monotonicMs()
    this.#start = Math.max(this.#start, position - KEPT_BYTES)
    const { size } = this.#segment
    const end = Math.min(position + byteCount, size)
    this.#request(end)
    // Half a piece more is not worth a call of its own.
    if (this.#requestedTo < end + byteCount / 2)
      this.#request(Math.min(end + this.#lengthAhead(byteCount), size))
    return this.#coveredTo >= end ? undefined : this.#pieces.find(piece => piece.end >= end)?.done
  }

  #lengthAhead(byteCount: number): number {
    return this.#isCached ? Math.max(byteCount, CACHED_PIECE_BYTES) : byteCount
  }

  #request(end: number): void {
    const start = this.#requestedTo
    if (end <= start) return
    const done = (this.#pieces.at(-1)?.done ?? Promise.resolve())
      .then(() => ignoringFailure(this.#bring(start, end)))
      .then(() => {
        this.#coveredTo = end
        this.#pieces.shift()
      })
    this.#pieces.push({ end, done })
  }

  async #bring(start: number, end: number): Promise<void> {
    const { log } = this.#segment
    if (this.#isStale()) return
    if (this.#isCached) {
      const ends = [log.readAhead(start, 1), log.readAhead(end - 1, 1)]
      this.#isCached = await this.#isQuick(2, Promise.all(ends))
      if (this.#isCached || this.#isStale()) return
    }
    this.#isCached = await this.#isQuick(end - start, log.readAhead(start, end - start))
  }

  /** Whether so many bytes come from memory, judged by how long that takes: a device as quick would hold up nobody. */
  async #isQuick(byteCount: number, reading: Promise<unknown>): Promise<boolean> {
    const begunMs = this.#clock.monotonicMs()
    await reading
    return this.#clock.monotonicMs() - begunMs < 0.5 + byteCount / 1e6
  }
}

/** The length of the batch there, whose head is in memory; 0 when there is none to read. */
function batchBytesAt(segment: Segment, position: number): number {
  try {
    const batch = segment.walk(position)
    return batch.next() ? batch.length : 0
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    return 0
  }
}

/** Where the disk fails, the read that follows finds out, and knows what to do. */
async function ignoringFailure(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
  }
}
