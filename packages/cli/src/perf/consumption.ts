import { fixed } from './java-format.ts'

const MB = 1024 * 1024

/** What is counted of a record: the bytes of its key and value. */
export interface CountedRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

/** Records and bytes that were read, since the beginning and since the last report. */
export class Consumption {
  recordCount = 0
  bytes = 0
  #reported = { recordCount: 0, bytes: 0, atMs: Date.now() }

  add(records: readonly CountedRecord[]): void {
    this.recordCount += records.length
    for (const { key, value } of records) this.bytes += (key?.length ?? 0) + (value?.length ?? 0)
  }

  get megabytes(): number {
    return this.bytes / MB
  }

  /** What was read since the last call, if that is at least so long ago. */
  interval(nowMs: number, lengthMs: number): ConsumptionInterval | undefined {
    const { recordCount, bytes, atMs } = this.#reported
    if (nowMs - atMs < lengthMs) return undefined
    this.#reported = { recordCount: this.recordCount, bytes: this.bytes, atMs: nowMs }
    return {
      startMs: atMs,
      endMs: nowMs,
      recordCount: this.recordCount - recordCount,
      megabytes: (this.bytes - bytes) / MB,
    }
  }
}

export interface ConsumptionInterval {
  readonly startMs: number
  readonly endMs: number
  readonly recordCount: number
  readonly megabytes: number
}

/** A number for people: four digits behind the point. */
export function four(value: number): string {
  return fixed(value, 4)
}

/** Fewer records were read than were asked for, for none came in time. */
export function shortfallWarning(timeoutMs: number): string {
  return `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.\n`
}
