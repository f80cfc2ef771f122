import type { Clock, Timer } from '@samsa/base'
import { Turns } from './partitions/turns.ts'
import { type Steps, mapInSteps, mapNestedInSteps } from './steps.ts'
import { nextTurn } from './time-slices.ts'

/** A request that takes longer than this is a large one. */
const AT_ONCE_MS = 1
/** How long large requests, all together, may hold up the loop at a time. */
const SLICE_MS = 2
/** Large requests go before those that have had so much already. */
const SHORT_MS = 8
/** While a request is decoded, less: what it becomes takes many times the memory of its bytes, which can wait. */
const DECODED_SHORT_MS = 1
/** Of so many slices one is for those that have had much. */
const LONG_SHARE = 4
/** So many may wait half done: what they became so far takes memory. */
const LONG_MAX = 32
/** For so long the others wait for a long one that itself waits, as for the disk. */
const PATIENCE_MS = 100
/** So many items are decided about together; a request with more of them is decided about chunk by chunk. */
const CHUNK_ITEMS = 100

interface Work {
  readonly steps: Steps<unknown>
  readonly pace: RequestPace
  /** It is a long one once its request was worked on for longer. */
  readonly shortMs: number
  readonly done: (result: never) => void
  readonly failed: (error: unknown) => void
}

/**
 * Large requests: those that name ten thousand topics, whose answer has as many, or that were made by a stranger to be
 * as much work as they can. They are served in slices, one slice a turn of the loop, so that all others are answered in
 * between.
 *
 * The shorter ones go first. The long ones are finished one after the other, so that what a request becomes in memory is
 * there once, however many clients send such requests.
 */
export class LargeRequests {
  readonly #clock: Clock
  readonly #short: Work[] = []
  readonly #long: Work[] = []
  /** The long one that was begun; the others wait, as little more than bytes, until it is answered. */
  #inHand: RequestPace | undefined
  /** Runs while the one in hand waits for something. */
  #patience: Timer | undefined
  /** Chunks of all requests come one after the other. */
  readonly chunks = new Turns(1)
  #isScheduled = false
  #slices = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins to pace a request. */
  pace(): RequestPace {
    return new RequestPace(this.#clock, this)
  }

  /** Does the rest of some work in slices. */
  finish<Result>(steps: Steps<Result>, pace: RequestPace, shortMs: number): Promise<Result> {
    return new Promise((done, failed) => {
      const work = { steps, pace, shortMs, done, failed }
      // What was begun is finished before others are.
      if (pace.usedMs < shortMs) this.#short.push(work)
      else this.#long.unshift(work)
      this.#schedule()
    })
  }

  /** A request was answered, or will not be: the next long one may begin. */
  ended(pace: RequestPace): void {
    if (pace === this.#inHand) this.#letGo()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.defer(() => {
      this.#isScheduled = false
      this.#slice()
      if (this.#short.length > 0 || this.#nextLong() >= 0) this.#schedule()
    })
  }

  #slice(): void {
    const isForLong = ++this.#slices % LONG_SHARE === 0 || this.#long.length >= LONG_MAX
    const long = isForLong || this.#short.length === 0 ? this.#takeLong() : undefined
    const work = long ?? this.#short.shift()
    if (work === undefined) return
    if (!this.#isLeft(work)) this.#waitFor(work.pace)
    else if (long !== undefined) this.#long.unshift(work)
    else if (work.pace.usedMs < work.shortMs) this.#short.unshift(work)
    else this.#long.push(work)
  }

  /** Where the long one is that comes next; -1 while the one in hand waits for something. */
  #nextLong(): number {
    if (this.#inHand === undefined || this.#long.length >= LONG_MAX) return this.#long.length > 0 ? 0 : -1
    return this.#long.findIndex(({ pace }) => pace === this.#inHand)
  }

  #takeLong(): Work | undefined {
    const at = this.#nextLong()
    if (at < 0) return undefined
    const [work] = this.#long.splice(at, 1)
    this.#hold(work!.pace)
    return work
  }

  /** The one in hand does something that is not done in slices, or waits: not for ever. */
  #waitFor(pace: RequestPace): void {
    if (pace !== this.#inHand) return
    this.#hold(pace)
    this.#patience = this.#clock.timer(PATIENCE_MS, () => this.#letGo())
  }

  #hold(pace: RequestPace | undefined): void {
    this.#patience?.cancel()
    this.#patience = undefined
    this.#inHand = pace
  }

  #letGo(): void {
    this.#hold(undefined)
    if (this.#long.length > 0) this.#schedule()
  }

  /** Works for the time of a slice; whether anything is left to do. */
  #isLeft({ steps, pace, shortMs, done, failed }: Work): boolean {
    const begunMs = this.#clock.monotonicMs()
    let nowMs = begunMs
    try {
      while (nowMs < begunMs + SLICE_MS) {
        const step = steps.next()
        nowMs = this.#clock.monotonicMs()
        if (step.done) {
          done(step.value as never)
          return false
        }
        if (step.value !== undefined) {
          step.value
            .then(() => this.finish(steps, pace, shortMs))
            .then(done as (result: unknown) => void, failed)
          return false
        }
      }
      return true
    } catch (error) {
      failed(error)
      return false
    } finally {
      pace.usedMs += nowMs - begunMs
    }
  }
}

/** Serves one request: at once while that takes little time, else as one of the large ones. */
export class RequestPace {
  readonly #clock: Clock
  readonly #large: LargeRequests
  #isLarge = false
  /** How long the request was worked on in slices. */
  usedMs = 0

  constructor(clock: Clock, large: LargeRequests) {
    this.#clock = clock
    this.#large = large
  }

  /** Whether the request turned out to be a large one. */
  get isLarge(): boolean {
    return this.#isLarge
  }

  /** To be called when the request was answered, or failed. */
  end(): void {
    if (this.#isLarge) this.#large.ended(this)
  }

  /** Does some of the request's work. Other requests may be served between two steps. */
  run<Result>(steps: Steps<Result>, shortMs = SHORT_MS): Result | Promise<Result> {
    let endMs = 0
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      if (step.value !== undefined) return step.value.then(() => this.run(steps, shortMs))
      const nowMs = this.#clock.monotonicMs()
      if (endMs === 0) endMs = nowMs + AT_ONCE_MS
      else if (nowMs >= endMs) break
    }
    this.#isLarge = true
    return this.#large.finish(steps, this, shortMs)
  }

  /** `run` for what turns a request's bytes into objects. */
  decode<Result>(steps: Steps<Result>): Result | Promise<Result> {
    return this.run(steps, DECODED_SHORT_MS)
  }

  /** `mapNestedInSteps`, and at once where there is a single item. */
  mapNested<Outer, Inner, InnerResult, Result>(
    outers: readonly Outer[],
    innersOf: (outer: Outer) => readonly Inner[],
    work: (inner: Inner, outer: Outer) => InnerResult,
    combine: (outer: Outer, results: InnerResult[]) => Result,
  ): Result[] | Promise<Result[]> {
    const [outer] = outers
    const inners = outers.length === 1 ? innersOf(outer as Outer) : []
    if (inners.length !== 1) return this.run(mapNestedInSteps(outers, innersOf, work, combine))
    return [combine(outer as Outer, [work(inners[0] as Inner, outer as Outer)])]
  }

  /**
   * Decides about items together while they are few, and else in chunks: what each asks for stands alone. Items with the
   * same key are in one chunk, and no more than two of them: they are only there to be refused.
   */
  async inChunks<Item, Result>(
    items: readonly Item[],
    keyOf: (item: Item) => string,
    decide: (chunk: readonly Item[]) => Promise<readonly Result[]>,
  ): Promise<readonly Result[]> {
    if (items.length <= CHUNK_ITEMS) return decide(items)
    const results: Result[] = []
    for (const chunk of await this.run(chunksOf(items, keyOf))) {
      for (const result of await this.#large.chunks.run(() => decide(chunk))) results.push(result)
      await nextTurn(this.#clock)
    }
    return results
  }

  /** The same where the answer to an item may come later; all are asked before the first is waited for. */
  async mapAnswers<Item, Answer>(
    items: readonly Item[],
    ask: (item: Item) => Answer | Promise<Answer>,
  ): Promise<Answer[]> {
    const answers = await this.map(items, item => handled(ask(item)))
    return this.#settled(answers)
  }

  async #settled<Answer>(answers: (Answer | Promise<Answer>)[]): Promise<Answer[]> {
    const settled: Answer[] = []
    let endMs = this.#clock.monotonicMs() + AT_ONCE_MS
    for (const answer of answers) {
      settled.push(answer instanceof Promise ? await answer : answer)
      if (settled.length % 64 > 0 || this.#clock.monotonicMs() < endMs) continue
      await nextTurn(this.#clock)
      endMs = this.#clock.monotonicMs() + AT_ONCE_MS
    }
    return settled
  }

  /** `items.map(work)`, an item a step. */
  map<Item, Result>(items: readonly Item[], work: (item: Item) => Result): Result[] | Promise<Result[]> {
    return items.length === 1 ? [work(items[0] as Item)] : this.run(mapInSteps(items, work))
  }
}

/** Whoever waits for the answer learns of its failure; until then nobody waits. */
function handled<Answer>(answer: Answer | Promise<Answer>): Answer | Promise<Answer> {
  if (answer instanceof Promise) answer.catch(() => {})
  return answer
}

function* chunksOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Generator<undefined, Item[][]> {
  const byKey = new Map<string, Item[]>()
  for (const item of items) {
    const alike = byKey.get(keyOf(item))
    if (alike === undefined) byKey.set(keyOf(item), [item])
    else if (alike.length < 2) alike.push(item)
    yield
  }
  const chunks: Item[][] = []
  let chunk: Item[] = []
  for (const alike of byKey.values()) {
    if (chunk.length === 0) chunks.push(chunk)
    chunk.push(...alike)
    if (chunk.length >= CHUNK_ITEMS) chunk = []
    yield
  }
  return chunks
}
