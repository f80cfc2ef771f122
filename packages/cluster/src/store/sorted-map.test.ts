import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SortedMap } from './sorted-map.ts'

it('reads by prefix what a sorted array filters', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 4 })
  const steps = fc.array(fc.tuple(fc.boolean(), key), { maxLength: 300 })
  fc.assert(
    fc.property(steps, key, (all, prefix) => {
      const map = new SortedMap<string>()
      const model = new Map<string, string>()
      for (const [put, name] of all) {
        if (put) {
          map.set(name, `value of ${name}`)
          model.set(name, `value of ${name}`)
        } else expect(map.delete(name)).toBe(model.delete(name))
      }
      expect(map.size).toBe(model.size)
      const expected = [...model.keys()].filter(name => name.startsWith(prefix)).sort()
      expect([...map.withPrefix(prefix)]).toEqual(expected.map(name => `value of ${name}`))
    }),
  )
})

it('stays in order over many leaves, whatever the order of insertion', () => {
  for (const order of [1, -1, 7919]) {
    const map = new SortedMap<number>()
    const names = Array.from({ length: 5000 }, (_, i) =>
      String((i * order + 5000 * 7919) % 5000).padStart(4, '0'),
    )
    names.forEach((name, i) => map.set(name, i))
    for (const name of names.filter(name => name.endsWith('3'))) map.delete(name)
    const left = [...map.withPrefix('')].map(i => names[i])
    expect(left).toEqual([...new Set(names)].filter(name => !name.endsWith('3')).sort())
    expect([...map.withPrefix('12')]).toHaveLength(90)
  }
})
