import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeMetadataStore } from '../testing/describe-metadata-store.ts'
import { MemoryJournal } from '../testing/memory-journal.ts'
import { TestClock } from '../testing/test-clock.ts'
import { EmbeddedMetadataStore } from './embedded-metadata-store.ts'
import type { Entry, Operation } from './metadata-store.ts'

function openOn(journal: MemoryJournal, rewriteAfterBytes?: number, clock = new TestClock()) {
  return new EmbeddedMetadataStore({
    journal,
    clock,
    ...(rewriteAfterBytes !== undefined && { rewriteAfterBytes }),
  })
}

for (const rewriteAfterBytes of [undefined, 0]) {
  const how = rewriteAfterBytes === 0 ? ', its journal rewritten at every write' : ''
  describeMetadataStore(`embedded${how}`, async () => {
    const clock = new TestClock()
    const store = openOn(new MemoryJournal(), rewriteAfterBytes, clock)
    const advance = async (ms: number) => clock.advance(ms)
    return { store, advance }
  })
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    type: fc.constant('put' as const),
    key: fc.constantFrom('a', 'b', 'c/1', 'c/2'),
    value: fc.jsonValue(),
  }),
  fc.record({ type: fc.constant('delete' as const), key: fc.constantFrom('a', 'b', 'c/1', 'c/2') }),
  fc.constant<Operation>({ type: 'deletePrefix', prefix: 'c/' }),
) as fc.Arbitrary<Operation>

async function contentOf(store: EmbeddedMetadataStore): Promise<readonly Entry[]> {
  // What went through JSON once: fast-check's values may hold -0.
  return JSON.parse(JSON.stringify((await store.range('')).entries))
}

describe('the embedded metadata store', () => {
  it('comes back from its journal as it was, however often the journal was rewritten', async () => {
    const runs = fc.array(operation, { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 0, max: 300 }), async (operations, rewriteAfterBytes) => {
        const journal = new MemoryJournal()
        const store = openOn(journal, rewriteAfterBytes)
        for (const one of operations) await store.transact({ conditions: [], operations: [one] })
        const again = openOn(new MemoryJournal(journal.records))
        expect(await contentOf(again)).toEqual(await contentOf(store))
        expect(again.revision).toBe(store.revision)
      }),
    )
  })

  it('comes back after a crash with everything it had acknowledged, and with nothing torn', async () => {
    const runs = fc.array(operation, { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        runs,
        fc.nat(25),
        fc.integer({ min: 0, max: 300 }),
        async (operations, lives, grow) => {
          const journal = new MemoryJournal()
          journal.recordsLeft = lives
          const store = openOn(journal, grow)
          const states = [await contentOf(store)]
          for (const one of operations) {
            const acknowledged = await store.transact({ conditions: [], operations: [one] }).then(
              () => true,
              () => false,
            )
            if (!acknowledged) break
            states.push(await contentOf(store))
          }
          const survived = await contentOf(openOn(new MemoryJournal(journal.records)))
          expect(survived).toEqual(states.at(-1))
        },
      ),
    )
  })

  it('keeps the journal within a constant factor of the state', async () => {
    const journal = new MemoryJournal()
    const store = openOn(journal, 1000)
    for (let i = 0; i < 2000; i++) {
      await store.transact({
        conditions: [],
        operations: [{ type: 'put', key: `k${i % 20}`, value: `v${i}` }],
      })
    }
    expect(journal.bytes).toBeLessThan(5000)
    expect(journal.rewrites).toBeGreaterThan(10)
    expect(journal.rewrites).toBeLessThan(300)
  })

  it('writes transactions that arrive together with one append', async () => {
    const journal = new MemoryJournal()
    const store = openOn(journal)
    const all = Array.from({ length: 50 }, (_, i) =>
      store.transact({ conditions: [], operations: [{ type: 'put', key: `k${i}`, value: i }] }),
    )
    await Promise.all(all)
    expect(journal.appends).toBe(1)
    expect(journal.records).toHaveLength(50)
  })

  it('lets nobody read or watch what is not durable yet', async () => {
    const journal = new MemoryJournal()
    const store = openOn(journal)
    const seen: number[] = []
    store.watch({ from: 1 }, { changed: changes => seen.push(changes[0]!.revision), lost: () => {} })
    journal.held = true
    const written = store.transact({ conditions: [], operations: [{ type: 'put', key: 'a', value: 1 }] })
    let read: Entry | undefined
    const reading = store.get('a').then(entry => {
      read = entry
    })
    await new Promise(resolve => setTimeout(resolve, 2))
    expect([read, seen]).toEqual([undefined, []])
    journal.release()
    await Promise.all([written, reading])
    expect(read?.value).toBe(1)
    expect(seen).toEqual([1])
  })

  it('undoes what a full disk refused, and goes on once there is room', async () => {
    const runs = fc.array(fc.tuple(fc.boolean(), fc.array(operation, { maxLength: 4 })), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 0, max: 300 }), async (turns, rewriteAfterBytes) => {
        const journal = new MemoryJournal()
        const store = openOn(journal, rewriteAfterBytes)
        let expected = await contentOf(store)
        let { revision } = store
        for (const [full, operations] of turns) {
          journal.full = full
          const written = operations.map(one => store.transact({ conditions: [], operations: [one] }))
          const outcomes = await Promise.allSettled(written)
          const refused = outcomes.some(({ status }) => status === 'rejected')
          journal.full = false
          if (refused) {
            expect(await contentOf(store)).toEqual(expected)
            expect(store.revision).toBe(revision)
          }
          expected = await contentOf(store)
          revision = store.revision
        }
        expect(await contentOf(openOn(new MemoryJournal(journal.records)))).toEqual(expected)
      }),
    )
  })

  it('gives a lease its entries back when their end could not be written', async () => {
    const journal = new MemoryJournal()
    const store = openOn(journal)
    const lease = await store.grantLease(1000)
    await store.transact({ conditions: [], operations: [{ type: 'put', key: 'a', value: 1, lease }] })
    journal.full = true
    const operations: Operation[] = [{ type: 'put', key: 'a', value: 2 }]
    await expect(store.transact({ conditions: [], operations })).rejects.toMatchObject({
      code: 'NOT_WRITTEN',
    })
    journal.full = false
    expect(await store.get('a')).toMatchObject({ value: 1, lease })
    await store.revokeLease(lease)
    expect(await store.get('a')).toBeUndefined()
  })

  it('ends a lease as soon as the journal has room again', async () => {
    const journal = new MemoryJournal()
    const clock = new TestClock()
    const store = openOn(journal, undefined, clock)
    const lease = await store.grantLease(1000)
    await store.transact({ conditions: [], operations: [{ type: 'put', key: 'a', value: 1, lease }] })
    journal.full = true
    clock.advance(1000)
    expect(await store.get('a').catch(({ code }) => code)).toBe('NOT_WRITTEN')
    journal.full = false
    expect(await store.get('a')).toMatchObject({ value: 1 })
    clock.advance(1000)
    expect(await store.get('a')).toBeUndefined()
    expect(clock.armedTimers).toBe(0)
  })

  it('refuses everything once its journal failed, and says why', async () => {
    const journal = new MemoryJournal()
    journal.recordsLeft = 0
    const store = openOn(journal)
    const operations: Operation[] = [{ type: 'put', key: 'a', value: 1 }]
    await expect(store.transact({ conditions: [], operations })).rejects.toThrow(/no space left/)
    await expect(store.get('a')).rejects.toMatchObject({ code: 'FAILED' })
    expect(store.failed?.message).toMatch(/journal cannot be written/)
    await store.close()
  })

  it('starts without the entries of leases that an earlier process held', async () => {
    const journal = new MemoryJournal()
    const store = openOn(journal)
    const lease = await store.grantLease(1000)
    await store.transact({ conditions: [], operations: [{ type: 'put', key: 'brokers/1', value: 1, lease }] })
    const { revision } = store
    const again = openOn(new MemoryJournal(journal.records))
    expect((await again.range('')).entries).toEqual([])
    expect(again.revision).toBeGreaterThan(revision)
  })

  it('keeps one timer a lease, however often the lease is kept alive', async () => {
    const clock = new TestClock()
    const store = openOn(new MemoryJournal(), undefined, clock)
    const lease = await store.grantLease(1000)
    for (let i = 0; i < 100; i++) {
      clock.advance(10)
      await store.keepLeaseAlive(lease)
    }
    expect(clock.armedTimers).toBe(1)
    await store.close()
    expect(clock.armedTimers).toBe(0)
  })

  it('tells a watch that starts too far back that it has lost changes', async () => {
    const store = openOn(new MemoryJournal())
    for (let i = 0; i < 3000; i++) {
      await store.transact({ conditions: [], operations: [{ type: 'put', key: 'a', value: i }] })
    }
    const lost = await new Promise(resolve => {
      store.watch({ from: 1 }, { changed: () => resolve(false), lost: () => resolve(true) })
    })
    expect(lost).toBe(true)
  })

  it('says which record it cannot read', () => {
    const journal = new MemoryJournal([Uint8Array.from(Array.from('{"surprise":1}', c => c.charCodeAt(0)))])
    expect(() => openOn(journal)).toThrow(/surprise/)
  })
})
