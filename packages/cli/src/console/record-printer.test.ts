import { describe, expect, it } from 'vitest'
import { testIo } from '../command/test-io.ts'
import { RecordPrinter } from './record-printer.ts'

function printerOf(given: { isOpen?: () => boolean; skips?: boolean } = {}) {
  const pieces: string[] = []
  const unreadable: number[] = []
  const io = {
    ...testIo(),
    write: (chunk: string | Uint8Array) => {
      pieces.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
      return Promise.resolve(given.isOpen?.() ?? true)
    },
  }
  const printer = new RecordPrinter<number>({
    io,
    write: (record, output) => {
      output.text(`${record}\n`)
      if (record === 13) throw new Error('unlucky')
    },
    onUnreadable: (record, error) => {
      unreadable.push(record)
      if (given.skips !== true) throw error
    },
    onClosed: () => {},
  })
  return { printer, pieces, unreadable }
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at)

describe('a printer of records', () => {
  it('writes what comes in one turn in one piece, without being asked to', async () => {
    const { printer, pieces } = printerOf()
    await printer.print([1, 2], 10)
    await printer.print([3], 10)
    expect(pieces).toEqual([])
    await new Promise(done => setImmediate(done))
    expect(pieces).toEqual(['1\n2\n3\n'])
    await printer.flush()
    expect(pieces).toHaveLength(1)
  })

  it('writes large pieces as they are full, and takes no more than the limit', async () => {
    const { printer, pieces } = printerOf({ skips: true })
    expect(await printer.print(numbers(100_000), 50_000)).toBe(50_000)
    await printer.flush()
    expect(printer.count).toBe(50_000)
    expect(pieces.length).toBeGreaterThan(2)
    expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(70_000)
    expect(pieces.join('').split('\n')).toHaveLength(50_000)
  })

  it('writes nothing of a record that cannot be written', async () => {
    const { printer, pieces, unreadable } = printerOf({ skips: true })
    await printer.print([12, 13, 14], 10)
    await printer.flush()
    expect(pieces).toEqual(['12\n14\n'])
    expect(unreadable).toEqual([13])
    await expect(printerOf().printer.print([13], 1)).rejects.toThrow('unlucky')
  })

  it('stops when the reader has gone', async () => {
    const { printer, pieces } = printerOf({ isOpen: () => false, skips: true })
    await printer.print(numbers(100_000), 100_000)
    await printer.flush()
    expect(printer.isClosed).toBe(true)
    expect(pieces).toHaveLength(1)
  })
})
