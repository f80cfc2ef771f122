import { describe, expect, it } from 'vitest'
import { checkedKeys, parseChanges } from './config-changes.ts'

describe('configurations on a command line', () => {
  it('are separated by commas, which brackets keep together', () => {
    expect(parseChanges('a=1,b=[x,y], c = 3 ')).toEqual({ a: '1', b: 'x,y', c: '3' })
    expect(parseChanges('SCRAM-SHA-256=[iterations=8192,password=p]')).toEqual({
      'SCRAM-SHA-256': 'iterations=8192,password=p',
    })
  })

  it('may be empty values', () => {
    expect(parseChanges('ssl.endpoint.identification.algorithm=')).toEqual({
      'ssl.endpoint.identification.algorithm': '',
    })
  })

  it.each(['a', 'a=1,b', 'a=b=c', 'a=1,,b=2'])('refuse %s', text => {
    expect(() => parseChanges(text)).toThrow('must be in the format "key=val"')
  })

  it('have keys of plain characters', () => {
    expect(() => parseChanges('a/b=1')).toThrow('Invalid character found for config key: a/b')
    const loggers = { 'kafka.server.Manager$Handler': 'DEBUG' }
    expect(checkedKeys(loggers)).toBe(loggers)
  })
})
