const SLOTS = 16
const FIELDS = 3

/**
 * Where batches that were lately appended or read next to lie, by their base offset: readers that follow the log in
 * order need no index. Only ever a shortcut; forgotten when segments change.
 */
export class PositionHints {
  // A typed array would cost twice its content in each of ten thousand logs.
  #slots: number[] | undefined
  /** Counts how often they were forgotten: positions that were looked up before are worthless. */
  generation = 0

  note(offset: number, segmentBaseOffset: number, position: number): void {
    this.#slots ??= Array.from({ length: SLOTS * FIELDS }, () => -1)
    const at = (offset % SLOTS) * FIELDS
    this.#slots[at] = offset
    this.#slots[at + 1] = segmentBaseOffset
    this.#slots[at + 2] = position
  }

  /** The position of the batch that begins with `offset` in that segment, -1 when it is not remembered. */
  find(offset: number, segmentBaseOffset: number): number {
    if (this.#slots === undefined) return -1
    const at = (offset % SLOTS) * FIELDS
    return this.#slots[at] === offset && this.#slots[at + 1] === segmentBaseOffset ? this.#slots[at + 2]! : -1
  }

  clear(): void {
    this.generation++
    this.#slots = undefined
  }
}
