import { describe, expect, it } from 'vitest'
import { BufferPool } from './buffer-pool.ts'

describe('a pool of buffers', () => {
  it('gives the same memory again, also for another size of its class', () => {
    const pool = new BufferPool(16 * 1024 * 1024)
    const buffer = pool.take(3_000_000)
    expect(buffer.length).toBe(4 * 1024 * 1024)
    pool.give(buffer)
    expect(pool.take(2_500_000)).toBe(buffer)
  })

  it('that keeps nothing gives just what is asked for: its memory is held, whole, by whoever holds a part of it', () => {
    const pool = new BufferPool(0)
    expect(pool.take(3_000_000).buffer.byteLength).toBe(3_000_000)
  })
})
