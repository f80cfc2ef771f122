import { describe, expect, it } from 'vitest'
import { LargeRequests } from './large-requests.ts'
import { mapNestedInSteps } from './steps.ts'
import { ManualClock } from './testing/manual-clock.ts'

function setting() {
  const clock = new ManualClock()
  const large = new LargeRequests(clock)
  const log: string[] = []
  function* work(name: string, steps: number, ms = 0.5): Generator<undefined, string> {
    log.push(`${name} begins`)
    for (let step = 0; step < steps; step++) {
      clock.spend(ms)
      yield
    }
    log.push(`${name} ends`)
    return name
  }
  return { clock, large, log, work }
}

describe('a request', () => {
  it('that takes little time is served at once', () => {
    const { large, work } = setting()
    const pace = large.pace()
    expect(pace.run(work('a', 2))).toBe('a')
    expect(pace.map([1, 2, 3], item => item + 1)).toEqual([2, 3, 4])
    expect(pace.isLarge).toBe(false)
  })

  it('that takes long is served in slices', async () => {
    const { clock, large, work } = setting()
    const pace = large.pace()
    const answer = pace.run(work('a', 1000))
    expect(pace.isLarge).toBe(true)
    expect(clock.monotonicMs()).toBeLessThan(3)
    expect(await clock.runAll()).toBeLessThan(4)
    expect(await answer).toBe('a')
  })

  it('fails with what its work throws, at once or later, and leaves the others alone', async () => {
    const { clock, large, work } = setting()
    const failing = (at: number) =>
      large.pace().map(Array.from({ length: 2 * at + 2 }), (_, i = 0) => {
        clock.spend(0.5)
        if (clock.monotonicMs() >= at) throw new Error(`at ${i}`)
      })
    expect(() => failing(0)).toThrow('at')
    const later = failing(50)
    const other = large.pace().run(work('other', 100))
    const failed = expect(later).rejects.toThrow('at')
    await clock.runAll()
    await failed
    expect(await other).toBe('other')
  })

  it('goes on when what a step waits for is there, at once or in slices, and others are served meanwhile', async () => {
    for (const stepsBefore of [0, 100]) {
      const { clock, large, log, work } = setting()
      let goOn: () => void = () => {}
      function* waiting(): Generator<Promise<void> | undefined, string> {
        yield* work('first part', stepsBefore)
        yield new Promise<void>(resolve => {
          goOn = resolve
        })
        return yield* work('second part', 100)
      }
      const answer = large.pace().run(waiting())
      await clock.runAll()
      expect(await Promise.all([large.pace().run(work('other', 100)), clock.runAll()])).toContain('other')
      expect(log.at(-1)).toBe('other ends')
      goOn()
      await clock.runAll()
      expect(await answer).toBe('second part')
    }
  })

  it('fails when what a step waits for fails', async () => {
    for (const stepsBefore of [0, 100]) {
      const { clock, large, work } = setting()
      function* waiting(): Generator<Promise<void> | undefined, string> {
        yield* work('first part', stepsBefore)
        yield Promise.reject(new Error('no disk'))
        return 'never'
      }
      const failed = expect(large.pace().run(waiting())).rejects.toThrow('no disk')
      await clock.runAll()
      await failed
    }
  })

  it('asks for all answers before it waits for the first, and gives them in order', async () => {
    const { clock, large } = setting()
    const asked: number[] = []
    const answers = large.pace().mapAnswers([3, 1, 2], item => {
      asked.push(item)
      return item === 1 ? item : Promise.resolve(item * 10)
    })
    expect(asked).toEqual([3, 1, 2])
    await clock.runAll()
    expect(await answers).toEqual([30, 1, 20])
  })

  it('fails when the answer to one of its items does', async () => {
    const { large } = setting()
    const answers = large.pace().mapAnswers([1, 2], item => Promise.reject(new Error(`no ${item}`)))
    await expect(answers).rejects.toThrow('no 1')
  })

  it('may nest lists: each outer one is put together of its own', () => {
    const { large } = setting()
    const topics = [
      { name: 'a', partitions: [1, 2] },
      { name: 'b', partitions: [] },
      { name: 'c', partitions: [3] },
    ]
    const combine = ({ name }: { name: string }, results: string[]) => `${name}: ${results.join(' ')}`
    const nested = (some: typeof topics) =>
      large.pace().mapNested(
        some,
        ({ partitions }) => partitions,
        (partition, { name }) => name + partition,
        combine,
      )
    expect(nested(topics)).toEqual(['a: a1 a2', 'b: ', 'c: c3'])
    expect(nested([{ name: 'd', partitions: [7] }])).toEqual(['d: d7'])
    expect(nested([])).toEqual([])
    expect(
      mapNestedInSteps(
        [],
        () => [],
        () => 0,
        () => 0,
      ).next(),
    ).toEqual({ done: true, value: [] })
  })
})

describe('large requests', () => {
  it('hold up the loop together no longer than one of them', async () => {
    const { clock, large, work } = setting()
    const answers = Array.from({ length: 40 }, (_, i) => large.pace().run(work(`${i}`, 100)))
    expect(await clock.runAll()).toBeLessThan(4)
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`))
  })

  it('that are short are not kept waiting by long ones that came before', async () => {
    const { clock, large, log, work } = setting()
    const answers = Array.from({ length: 20 }, (_, i) => large.pace().run(work(`long ${i}`, 1000)))
    for (let i = 0; i < 100; i++) await clock.turn()
    const short = large.pace().run(work('short', 10))
    await clock.runAll()
    await Promise.all([...answers, short])
    expect(log.indexOf('short ends')).toBeLessThan(log.indexOf('long 1 ends'))
  })

  it('that are long are finished one after the other', async () => {
    const { clock, large, log, work } = setting()
    const serve = async (name: string) => {
      const pace = large.pace()
      await pace.run(work(`${name} decode`, 200))
      return pace.run(work(`${name} answer`, 200))
    }
    const answers = ['a', 'b', 'c'].map(serve)
    await clock.runAll()
    await Promise.all(answers)
    const ends = log.filter(line => line.endsWith('ends'))
    expect(ends).toEqual(['a', 'b', 'c'].flatMap(name => [`${name} decode ends`, `${name} answer ends`]))
  })

  it('that are long are not begun while one that waits is not answered, unless it waits for too long', async () => {
    for (const isTooLong of [false, true]) {
      const { clock, large, log, work } = setting()
      const [first, second] = [large.pace(), large.pace()]
      let goOn: () => void = () => {}
      function* waiting(): Generator<Promise<void> | undefined, void> {
        yield* work('first part', 100)
        yield new Promise<void>(resolve => {
          goOn = resolve
        })
        yield* work('second part', 100)
      }
      const answers = [first.run(waiting()), second.run(work('other', 100))]
      for (let turn = 0; turn < 200; turn++) await clock.turn()
      expect(log).not.toContain('other ends')
      if (isTooLong) await clock.runAll()
      expect(log.includes('other ends')).toBe(isTooLong)
      goOn()
      for (let turn = 0; turn < 200; turn++) await clock.turn()
      expect(log).toContain('second part ends')
      expect(log.includes('other ends')).toBe(isTooLong)
      first.end()
      for (let turn = 0; turn < 200; turn++) await clock.turn()
      expect(log).toContain('other ends')
      await Promise.all(answers)
    }
  })

  it('have few objects made of them until it is their turn', async () => {
    const { clock, large } = setting()
    const made = [0, 0, 0, 0, 0]
    function* decoding(at: number): Generator<undefined, void> {
      for (; made[at]! < 1000; made[at]!++) {
        clock.spend(0.1)
        yield
      }
    }
    const ends = made.map(async (_, at) => {
      const pace = large.pace()
      await pace.decode(decoding(at))
      pace.end()
    })
    let most = 0
    for (let turn = 0; turn < 500; turn++) {
      await clock.turn()
      most = Math.max(most, made.filter(count => count > 50 && count < 1000).length)
    }
    expect(most).toBe(1)
    await Promise.all(ends)
  })

  it('that are long get on, however many short ones come', async () => {
    const { clock, large, work } = setting()
    let isDone = false
    const long = Promise.resolve(large.pace().run(work('long', 100))).then(() => {
      isDone = true
    })
    const others: unknown[] = []
    for (let turn = 0; turn < 400 && !isDone; turn++) {
      others.push(large.pace().run(work('short', 8)))
      await clock.turn()
    }
    expect(isDone).toBe(true)
    await clock.runAll()
    await Promise.all([long, ...others])
  })
})

describe('a request of many items', () => {
  const chunksOf = async (items: readonly string[]) => {
    const { clock, large } = setting()
    const chunks: (readonly string[])[] = []
    const results = large.pace().inChunks(
      items,
      item => item,
      async chunk => {
        chunks.push(chunk)
        clock.spend(1)
        return chunk.map(item => `${item}!`)
      },
    )
    const longestMs = await clock.runAll()
    return { chunks, results: await results, longestMs }
  }

  it('is decided in one piece while they are few', async () => {
    expect((await chunksOf(['a', 'b', 'a', 'a'])).chunks).toEqual([['a', 'b', 'a', 'a']])
  })

  it('is decided chunk by chunk, in the order of first sight', async () => {
    const items = Array.from({ length: 1234 }, (_, i) => `${i}`)
    const { chunks, results, longestMs } = await chunksOf(items)
    expect(chunks.flat()).toEqual(items)
    expect(results).toEqual(items.map(item => `${item}!`))
    expect(Math.max(...chunks.map(chunk => chunk.length))).toBeLessThan(102)
    expect(longestMs).toBeLessThan(5)
  })

  it('has what is repeated twice in the same chunk, however far apart it stood', async () => {
    const items = Array.from({ length: 1000 }, (_, i) => `${i % 500}`)
    const { chunks } = await chunksOf([...items, ...items])
    expect(chunks.flat()).toEqual(Array.from({ length: 1000 }, (_, i) => `${i >> 1}`))
    for (const chunk of chunks) expect(chunk.length).toBe(2 * new Set(chunk).size)
  })

  it('that is nothing but one item again and again has a small chunk', async () => {
    expect((await chunksOf(new Array(100_000).fill('a'))).chunks).toEqual([['a', 'a']])
  })
})
