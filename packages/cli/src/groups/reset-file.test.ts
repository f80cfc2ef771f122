import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readResetFile, resetFileLine } from './reset-file.ts'

describe('a file of offsets', () => {
  it('is of one group, or names the group in each line', () => {
    const offsets = [{ topic: 't', partition: 0, offset: 5 }]
    expect(readResetFile('t,0,5\n', 'g')).toEqual(new Map([['g', offsets]]))
    expect(readResetFile('h,t,0,5\n', 'g')).toEqual(new Map([['h', offsets]]))
    expect(readResetFile('h,t,0,5', undefined)).toEqual(new Map([['h', offsets]]))
  })

  it('names the line that cannot be read', () => {
    expect(() => readResetFile('t,0,5\nt,0\n', 'g')).toThrow(
      "Line 2 of the file is not 'topic,partition,offset'",
    )
    expect(() => readResetFile('t,0,5\n', undefined)).toThrow('group,topic,partition,offset')
  })

  it('quotes what is long, as Kafka does', () => {
    const topic = 'a-topic-with-quite-a-long-name'
    expect(resetFileLine({ topic, partition: 1, offset: 2 })).toBe(`"${topic}",1,2\n`)
    expect(resetFileLine({ topic: 't', partition: 1, offset: 2 }, 'g')).toBe('g,t,1,2\n')
  })

  it('gives back what was written, whatever the group is called', () => {
    const group = fc.stringMatching(/^[^\r\n]+$/).filter(name => name.trim() === name)
    fc.assert(
      fc.property(group, fc.nat(), fc.nat(), (name, partition, offset) => {
        const one = { topic: 'a.topic', partition, offset }
        expect(readResetFile(resetFileLine(one, name), undefined)).toEqual(new Map([[name, [one]]]))
      }),
    )
  })
})
