import { BufferPool } from './buffer-pool.ts'
import { MemoryBudget } from './memory-budget.ts'

const DEFAULT_BUDGET_BYTES = 128 * 1024 * 1024
const DEFAULT_IDLE_BYTES = 32 * 1024 * 1024

// One for the process: deliveries do not overlap.
const shared = new Uint8Array(16 * 1024)

/** The memory that the connections of a process, or of a group of listeners, share. */
export interface FrameMemory {
  /** What frames being received or served may hold. */
  readonly budget: MemoryBudget
  readonly pool: BufferPool
  /**
   * Where bytes are read whose frame is not known yet. All connections use the same memory, so what is wanted of it is
   * copied away before the delivery ends.
   */
  readonly shared: Uint8Array
}

/** Makes the memory for listeners that should share one budget (default 128 MB). */
export function frameMemory(options: { budgetBytes?: number; idleBytes?: number } = {}): FrameMemory {
  return {
    budget: new MemoryBudget(options.budgetBytes ?? DEFAULT_BUDGET_BYTES),
    pool: new BufferPool(options.idleBytes ?? DEFAULT_IDLE_BYTES),
    shared,
  }
}
