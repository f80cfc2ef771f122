/** Things that wait to be dealt with together, each once. Costs next to nothing while there are none. */
export class Pending<T> {
  #items: Set<T> | undefined

  add(item: T): void {
    this.#items ??= new Set()
    this.#items.add(item)
  }

  delete(item: T): void {
    this.#items?.delete(item)
  }

  has(item: T): boolean {
    return this.#items?.has(item) === true
  }

  /** All of them, which wait no longer. */
  take(): T[] {
    const items = this.#items
    this.#items = undefined
    return items === undefined ? [] : [...items]
  }
}
