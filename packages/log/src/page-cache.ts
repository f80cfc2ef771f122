/** Pages of index files by owner and number; the longest unused go first. */
export class PageCache {
  readonly #maxPages: number
  readonly #pages = new Map<number, Uint8Array>()
  #owners = 0

  constructor(maxPages: number) {
    this.#maxPages = maxPages
  }

  /** A number for one file's content; a file that is cut or replaced takes a new one, and its old pages age out. */
  newOwner(): number {
    return ++this.#owners
  }

  get(owner: number, page: number): Uint8Array | undefined {
    const key = keyOf(owner, page)
    const bytes = this.#pages.get(key)
    if (bytes === undefined) return undefined
    this.#pages.delete(key)
    this.#pages.set(key, bytes)
    return bytes
  }

  put(owner: number, page: number, bytes: Uint8Array): void {
    if (this.#pages.size >= this.#maxPages) {
      const [oldest] = this.#pages.keys()
      this.#pages.delete(oldest!)
    }
    this.#pages.set(keyOf(owner, page), bytes)
  }
}

/** Index files stay below 2^20 pages (4 GB), and owners below 2^33. */
const keyOf = (owner: number, page: number) => owner * 0x10_0000 + page
