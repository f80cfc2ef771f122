import { frameMemory } from '@samsa/net'
import { describe, expect, it } from 'vitest'
import { FetchMemory } from './fetch-memory.ts'

const KB = 1024
const MB = 1024 * KB

describe('the memory of answers to Fetch', () => {
  it('is used again once the answer was sent', () => {
    const memory = new FetchMemory(frameMemory().pool, 64 * MB)
    const first = memory.lease()
    const buffer = first.allocate(MB)
    expect(memory.heldBytes).toBe(MB)
    first.release()
    expect(memory.heldBytes).toBe(0)
    expect(memory.lease().allocate(MB)).toBe(buffer)
  })

  it('is given back once, however often it is released', () => {
    const memory = new FetchMemory(frameMemory().pool, 64 * MB)
    const lease = memory.lease()
    lease.allocate(MB)
    lease.release()
    lease.release()
    expect(memory.heldBytes).toBe(0)
    const next = memory.lease()
    const [one, other] = [next.allocate(MB), next.allocate(MB)]
    // Compared here: to tell how a megabyte differs from another takes `expect` many seconds.
    expect(one === other).toBe(false)
  })

  it('makes answers smaller while others hold much, but never stops them', () => {
    const memory = new FetchMemory(frameMemory().pool, 4 * MB)
    expect(memory.answerBytesMax).toBe(4 * MB)
    memory.lease().allocate(3 * MB)
    expect(memory.answerBytesMax).toBeLessThanOrEqual(MB)
    memory.lease().allocate(8 * MB)
    expect(memory.answerBytesMax).toBe(64 * KB)
  })
})
