import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from './lines.ts'

async function* pieces(parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* parts
}

async function allLines(parts: readonly (string | Uint8Array)[]): Promise<string[]> {
  const bytes = parts.map(part => (typeof part === 'string' ? new TextEncoder().encode(part) : part))
  const lines: string[] = []
  for await (const some of linesOf(pieces(bytes))) lines.push(...some)
  return lines
}

describe('lines of an input', () => {
  it('end with a line feed, a carriage return or both, the last one also with the input', async () => {
    expect(await allLines(['a\nb\r\nc\rd'])).toEqual(['a', 'b', 'c', 'd'])
    expect(await allLines(['a\n'])).toEqual(['a'])
    expect(await allLines(['\n\n'])).toEqual(['', ''])
    expect(await allLines([])).toEqual([])
    expect(await allLines(['a\r', '\nb\r'])).toEqual(['a', 'b'])
  })

  it('may be cut anywhere, inside a letter too', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\n', '\r') })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(20)), async (given, cuts) => {
        const bytes = new TextEncoder().encode(given)
        const at = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const parts = at.slice(1).map((end, index) => bytes.slice(at[index], end))
        const expected = given.split(/\r\n|\n|\r/)
        if (expected.at(-1) === '') expected.pop()
        expect(await allLines(parts)).toEqual(expected)
      }),
    )
  })
})
