import { type Decision, packTransactions } from './decision.ts'
import { type ImageDelta, evolveImage, imageOf } from './image/evolve-image.ts'
import type { MetadataImage } from './image/metadata-image.ts'
import { type MetadataStore, StoreError, type Watch } from './store/metadata-store.ts'

export type ImageListener = (image: MetadataImage, delta: ImageDelta) => void

export interface ImageFollowerOptions {
  readonly store: MetadataStore
  /** The image can no longer be kept up to date. Calls that wait for it are refused from then on. */
  readonly failed: (error: Error) => void
}

/** How often a decision is made anew because the store had changed under it. */
const ATTEMPTS_MAX = 64

/** Keeps an image equal to a store, and carries decisions made on the image out to the store. */
export class ImageFollower {
  readonly #store: MetadataStore
  readonly #failed: (error: Error) => void
  readonly #listeners = new Set<ImageListener>()
  #image: MetadataImage
  #watch: Watch | undefined
  #waiting: { revision: number; reached: () => void; refused: (error: Error) => void }[] = []
  #refusal: Error | undefined

  private constructor(options: ImageFollowerOptions, image: MetadataImage) {
    this.#store = options.store
    this.#failed = options.failed
    this.#image = image
  }

  /** Reads the whole store and follows it from there. */
  static async open(options: ImageFollowerOptions): Promise<ImageFollower> {
    const { entries, revision } = await options.store.range('')
    const follower = new ImageFollower(options, imageOf(entries, revision))
    follower.#watch = options.store.watch(
      { from: revision + 1 },
      {
        changed: changes => follower.#evolve(changes),
        lost: () =>
          follower.#fail(
            new StoreError('FAILED', 'the metadata store no longer has the changes that follow the image'),
          ),
      },
    )
    return follower
  }

  get image(): MetadataImage {
    return this.#image
  }

  /** Calls `listener` after each change, with the image that holds it. Returns how to stop. */
  onChange(listener: ImageListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Decides on the newest image and makes the decision's changes. If the store changed in between, it is decided anew:
   * `decide` must be a function of the image alone. Resolves with the answer once the changes are durable and the image
   * shows them.
   *
   * @throws StoreError when the store fails, or when only a part of the changes could be made (a request too large for
   *   one transaction met another writer)
   */
  async submit<Response>(decide: (image: MetadataImage) => Decision<Response>): Promise<Response> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const { changes, response } = decide(this.#image)
      const { applied, complete, revision } = await this.#apply(changes)
      await this.reached(revision)
      if (complete) return response
      if (applied > 0) throw new StoreError('CONFLICT', 'another writer changed the metadata half-way')
    }
    throw new StoreError('CONFLICT', `the metadata changed under ${ATTEMPTS_MAX} attempts to decide`)
  }

  /** Resolves once the image shows the store as of `revision` or later. */
  reached(revision: number): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (this.#image.revision >= revision) return Promise.resolve()
    return new Promise((reached, refused) => this.#waiting.push({ revision, reached, refused }))
  }

  close(): void {
    this.#watch?.cancel()
    this.#refuse(new StoreError('CLOSED', 'the metadata is closed'))
  }

  async #apply(
    changes: Decision<unknown>['changes'],
  ): Promise<{ applied: number; complete: boolean; revision: number }> {
    let applied = 0
    let revision = this.#image.revision
    for (const transaction of packTransactions(changes, this.#store.maxOperations)) {
      const outcome = await this.#store.transact(transaction)
      revision = outcome.revision
      if (!outcome.succeeded) return { applied, complete: false, revision }
      applied++
    }
    return { applied, complete: true, revision }
  }

  #evolve(changes: Parameters<typeof evolveImage>[1]): void {
    try {
      const { image, delta } = evolveImage(this.#image, changes)
      this.#image = image
      for (const listener of [...this.#listeners]) listener(image, delta)
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    const due = this.#waiting.filter(({ revision }) => revision <= this.#image.revision)
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter(({ revision }) => revision > this.#image.revision)
    for (const { reached } of due) reached()
  }

  #fail(error: Error): void {
    this.#watch?.cancel()
    this.#refuse(error)
    this.#failed(error)
  }

  #refuse(error: Error): void {
    this.#refusal ??= error
    const refused = this.#waiting
    this.#waiting = []
    for (const waiting of refused) waiting.refused(error)
  }
}
