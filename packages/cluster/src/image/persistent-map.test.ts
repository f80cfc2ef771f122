import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PersistentMap } from './persistent-map.ts'

it('holds what a Map holds after the same changes, and never changes an older version', () => {
  const change = fc.tuple(fc.string({ maxLength: 3 }), fc.option(fc.nat(), { nil: undefined }))
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 200 }), { maxLength: 8 }), rounds => {
      let map = PersistentMap.empty<number>()
      const model = new Map<string, number>()
      const versions: { map: PersistentMap<number>; model: Map<string, number> }[] = []
      for (const changes of rounds) {
        map = map.with(changes)
        for (const [key, value] of changes) {
          if (value === undefined) model.delete(key)
          else model.set(key, value)
        }
        versions.push({ map, model: new Map(model) })
      }
      for (const version of versions) {
        expect(version.map.size).toBe(version.model.size)
        expect(new Map(version.map)).toEqual(version.model)
        for (const [key, value] of version.model) expect(version.map.get(key)).toBe(value)
      }
    }),
  )
})

it('keeps finding keys after it has spread over more shards', () => {
  let map = PersistentMap.empty<number>()
  for (let i = 0; i < 10_000; i++) map = map.with([[`topic-${i}`, i]])
  expect(map.size).toBe(10_000)
  for (let i = 0; i < 10_000; i += 97) expect(map.get(`topic-${i}`)).toBe(i)
  expect(map.get('topic-10000')).toBeUndefined()
})
