import { describe, expect, it } from 'vitest'
import type { Change, MetadataStore, Operation, StoreEvent } from '../store/metadata-store.ts'

/** A store under test, and how its time is moved. */
export interface StoreUnderTest {
  readonly store: MetadataStore
  advance(ms: number): Promise<void>
}

/** What every MetadataStore has to do, whatever stands behind it. */
export function describeMetadataStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`a metadata store: ${name}`, () => {
    const put = (key: string, value: string, lease?: string): Operation =>
      lease === undefined ? { type: 'put', key, value } : { type: 'put', key, value, lease }
    const apply = (store: MetadataStore, ...operations: Operation[]) =>
      store.transact({ conditions: [], operations })
    const keysOf = async (store: MetadataStore, prefix = '') =>
      (await store.range(prefix)).entries.map(({ key }) => key)

    it('gives back what was put, with the revisions of its making and of its last change', async () => {
      const { store } = await open()
      const first = await apply(store, put('a', '1'))
      const second = await apply(store, put('a', '2'))
      expect(second.revision).toBe(first.revision + 1)
      expect(await store.get('a')).toEqual({
        key: 'a',
        value: '2',
        createRevision: first.revision,
        modRevision: second.revision,
      })
      expect(await store.get('b')).toBeUndefined()
      await store.close()
    })

    it('starts a key anew after it was deleted', async () => {
      const { store } = await open()
      await apply(store, put('a', '1'))
      await apply(store, { type: 'delete', key: 'a' })
      expect(await store.get('a')).toBeUndefined()
      const { revision } = await apply(store, put('a', '2'))
      expect((await store.get('a'))?.createRevision).toBe(revision)
      await store.close()
    })

    it('applies all operations of a transaction in one revision, or none when a condition fails', async () => {
      const { store } = await open()
      const { revision } = await apply(store, put('a', '1'), put('b', '1'))
      const stale = await store.transact({
        conditions: [
          { key: 'a', modRevision: revision },
          { key: 'b', modRevision: 0 },
        ],
        operations: [put('a', '2'), { type: 'delete', key: 'b' }],
      })
      expect(stale).toEqual({ succeeded: false, revision })
      const fresh = await store.transact({
        conditions: [
          { key: 'a', modRevision: revision },
          { key: 'c', modRevision: 0 },
        ],
        operations: [put('a', '2'), { type: 'delete', key: 'b' }, put('c', '1')],
      })
      expect(fresh).toEqual({ succeeded: true, revision: revision + 1 })
      expect(await keysOf(store)).toEqual(['a', 'c'])
      await store.close()
    })

    it('takes no revision for a transaction that changes nothing', async () => {
      const { store } = await open()
      const { revision } = await apply(store, put('a', '1'))
      expect((await apply(store, { type: 'delete', key: 'nothing' })).revision).toBe(revision)
      expect((await apply(store, { type: 'deletePrefix', prefix: 'no/' })).revision).toBe(revision)
      expect((await apply(store)).revision).toBe(revision)
      await store.close()
    })

    it('lets one of two that compare with the same revision win', async () => {
      const { store } = await open()
      const claim = (who: string) =>
        store.transact({ conditions: [{ key: 'leader', modRevision: 0 }], operations: [put('leader', who)] })
      const outcomes = await Promise.all([claim('a'), claim('b'), claim('c')])
      expect(outcomes.filter(({ succeeded }) => succeeded)).toHaveLength(1)
      await store.close()
    })

    it('reads by prefix in key order, with the revision it was read at', async () => {
      const { store } = await open()
      const { revision } = await apply(store, put('t/b', ''), put('t/a', ''), put('u', ''), put('s', ''))
      expect(await keysOf(store, 't/')).toEqual(['t/a', 't/b'])
      expect((await store.range('t/')).revision).toBe(revision)
      await apply(store, { type: 'deletePrefix', prefix: 't/' })
      expect(await keysOf(store)).toEqual(['s', 'u'])
      await store.close()
    })

    it('tells a watch of every change from its revision on, in order, once', async () => {
      const { store } = await open()
      await apply(store, put('before', ''))
      const { revision } = await apply(store, put('a', '1'))
      const seen: Change[] = []
      const watch = store.watch(
        { from: revision },
        { changed: changes => seen.push(...changes), lost: () => expect.unreachable() },
      )
      expect(seen).toEqual([])
      await apply(store, put('b', '1'), put('c', '1'))
      await apply(store, { type: 'delete', key: 'a' })
      await until(() => seen.length === 3)
      expect(seen.map(change => change.revision)).toEqual([revision, revision + 1, revision + 2])
      expect(seen.map(({ events }) => events.map(describeEvent))).toEqual([
        ['put a'],
        ['put b', 'put c'],
        ['delete a'],
      ])
      watch.cancel()
      await apply(store, put('d', '1'))
      await Promise.resolve()
      expect(seen).toHaveLength(3)
      await store.close()
    })

    it('tells a watch of a prefix nothing of other keys', async () => {
      const { store } = await open()
      const { revision } = await apply(store, put('x', ''))
      const seen: Change[] = []
      store.watch(
        { from: revision + 1, prefix: 't/' },
        { changed: changes => seen.push(...changes), lost: () => expect.unreachable() },
      )
      await apply(store, put('u', ''), put('t/a', ''))
      await apply(store, put('u', ''))
      await apply(store, { type: 'deletePrefix', prefix: 't/' })
      await until(() => seen.length === 2)
      expect(seen.map(({ events }) => events.map(describeEvent))).toEqual([['put t/a'], ['delete t/a']])
      await store.close()
    })

    it('deletes the entries of a lease that was not kept alive, and tells watches', async () => {
      const { store, advance } = await open()
      const lease = await store.grantLease(5000)
      const { revision } = await apply(store, put('broker', '1', lease), put('stays', '1'))
      const seen: Change[] = []
      store.watch(
        { from: revision + 1 },
        { changed: changes => seen.push(...changes), lost: () => expect.unreachable() },
      )
      await advance(4000)
      expect(await store.keepLeaseAlive(lease)).toBe(true)
      await advance(4000)
      expect(await store.get('broker')).toMatchObject({ lease })
      await advance(6000)
      await until(() => seen.length === 1)
      expect(seen[0]!.events).toEqual([{ type: 'delete', key: 'broker' }])
      expect(await store.keepLeaseAlive(lease)).toBe(false)
      expect(await keysOf(store)).toEqual(['stays'])
      await expect(apply(store, put('broker', '2', lease))).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' })
      await store.close()
    })

    it('deletes the entries of a revoked lease, but not those that were put again without it', async () => {
      const { store } = await open()
      const lease = await store.grantLease(5000)
      await apply(store, put('a', '1', lease), put('b', '1', lease))
      await apply(store, put('b', '2'))
      await store.revokeLease(lease)
      await store.revokeLease(lease)
      expect(await keysOf(store)).toEqual(['b'])
      await store.close()
    })

    it('refuses calls once it is closed', async () => {
      const { store } = await open()
      await store.close()
      await expect(apply(store, put('a', '1'))).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(store.get('a')).rejects.toMatchObject({ code: 'CLOSED' })
    })
  })
}

function describeEvent(event: StoreEvent): string {
  return event.type === 'put' ? `put ${event.entry.key}` : `delete ${event.key}`
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !condition(); turn++) await new Promise(resolve => setTimeout(resolve, 1))
  expect(condition()).toBe(true)
}
