import { DiskError, type DiskErrorCode } from '../world.ts'
import type { SeededRandom } from './seeded-random.ts'

export type DiskOperation =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'rename'
  | 'remove'
  | 'list'
  | 'makeDirectory'
  | 'syncDirectory'

export interface DiskFault {
  /** Which operation fails. */
  operation: DiskOperation
  code: DiskErrorCode
  /** Only paths that contain this text. */
  path?: string
  /** How often it fails; for ever when left out. */
  times?: number
  /** With which probability it fails each time. Default 1. */
  chance?: number
}

/** The failures a test has asked for. */
export class DiskFaults {
  readonly #faults = new Set<{ fault: DiskFault; left: number }>()

  /** Returns a function that ends the fault. */
  add(fault: DiskFault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
    this.#faults.add(entry)
    return () => this.#faults.delete(entry)
  }

  /** The error this operation has to fail with, if any. */
  strike(operation: DiskOperation, path: string, random: SeededRandom): DiskError | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry
      if (fault.operation !== operation || !path.includes(fault.path ?? '')) continue
      if (fault.chance !== undefined && !random.chance(fault.chance)) continue
      entry.left--
      if (entry.left <= 0) this.#faults.delete(entry)
      return new DiskError(fault.code, path, `cannot ${operation} ${path}: simulated ${fault.code}`)
    }
    return undefined
  }
}
