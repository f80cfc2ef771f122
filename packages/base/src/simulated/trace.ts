import { crc32c } from '../checksums/crc32c.ts'

const LINES_KEPT = 10_000

/** What happened in a simulation, in order, as a hash that tells whether two runs were equal to the byte. */
export class Trace {
  #high = 0x243f6a88
  #low = 0x85a308d3
  #events = 0
  #lines: string[] | undefined

  /** `keepLines: true` keeps the last 10,000 events as text, for reading. */
  constructor(keepLines: boolean) {
    this.#lines = keepLines ? [] : undefined
  }

  record(timeMs: number, event: string, detail: string, size = 0, content?: Uint8Array): void {
    this.#events++
    this.#mixText(event)
    this.#mixText(detail)
    this.#mix(size)
    this.#mix(Math.floor(timeMs * 1000))
    if (content !== undefined) this.#mix(crc32c(content, 0, content.length))
    if (this.#lines !== undefined) this.#keep(`${timeMs.toFixed(3)} ${event} ${detail} ${size}`)
  }

  get events(): number {
    return this.#events
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return hex(this.#high) + hex(this.#low)
  }

  get lines(): readonly string[] {
    return this.#lines ?? []
  }

  #keep(line: string): void {
    this.#lines!.push(line)
    if (this.#lines!.length > 2 * LINES_KEPT) this.#lines!.splice(0, LINES_KEPT)
  }

  #mixText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i))
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ (value | 0), 0x9e3779b1) ^ (this.#low >>> 13)
    this.#low = Math.imul(this.#low ^ Math.floor(value / 0x100000000), 0x85ebca77) ^ (this.#high >>> 16)
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
