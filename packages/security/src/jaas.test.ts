import { describe, expect, it } from 'vitest'
import { parseJaas } from './jaas.ts'

const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule'

describe('a JAAS configuration', () => {
  it('is read as Java clients take it', () => {
    expect(parseJaas(`${plain} required username="alice" password="a=\\"b\\";c" ;`)).toEqual({
      module: plain,
      options: { username: 'alice', password: 'a="b";c' },
    })
    expect(parseJaas(`${plain} required\n  username=alice\n  password='it is';`).options).toEqual({
      username: 'alice',
      password: 'it is',
    })
    expect(parseJaas(`${plain} required username="a" password="";`).options['password']).toBe('')
  })

  it.each([
    ['', 'the class of a login module is missing'],
    [`${plain} username="a";`, 'one of required, requisite'],
    [`${plain} required username="hush"`, 'semicolon'],
    [`${plain} required password="hush;`, 'quotation mark'],
    [`${plain} required password=;`, 'an option is written'],
    [`${plain} required a=hush; ${plain} required;`, 'one login module'],
  ])('says what is wrong with %s, without its secrets', (text, complaint) => {
    expect(() => parseJaas(text)).toThrow(complaint)
    try {
      parseJaas(text)
    } catch (error) {
      expect((error as Error).message).not.toContain('hush')
    }
  })
})
