import type { Segment } from './segment.ts'

/** The segments of a log in the order of their base offsets, the growing one last. */
export class SegmentList {
  #segments: Segment[] = []

  get all(): readonly Segment[] {
    return this.#segments
  }

  get count(): number {
    return this.#segments.length
  }

  get first(): Segment {
    return this.#segments[0]!
  }

  get last(): Segment {
    return this.#segments[this.#segments.length - 1]!
  }

  get sizeBytes(): number {
    let size = 0
    for (const segment of this.#segments) size += segment.size
    return size
  }

  add(segment: Segment): void {
    this.#segments.push(segment)
  }

  /** Index of the last segment that begins at or before `offset`, -1 when all begin later. */
  floor(offset: number): number {
    let low = -1
    let high = this.#segments.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#segments[middle]!.baseOffset <= offset) low = middle
      else high = middle
    }
    return low
  }

  at(index: number): Segment | undefined {
    return this.#segments[index]
  }

  indexOf(segment: Segment): number {
    return this.#segments.indexOf(segment)
  }

  /** Takes `count` segments from number `from` out, puts `replacements` there, and returns those taken out. */
  replace(from: number, count: number, ...replacements: Segment[]): Segment[] {
    return this.#segments.splice(from, count, ...replacements)
  }
}
