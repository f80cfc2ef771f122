import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker
let directory: string

beforeAll(async () => {
  broker = await ToolBroker.start({
    topics: ['lines', 'pairs', 'json', 'copies', 'rows', 'objects', 'wrong', 'file'],
  })
  directory = mkdtempSync(join(tmpdir(), 'samsa-produce-'))
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await broker[Symbol.asyncDispose]()
})

const consumed = async (line: string) => (await broker.run(`samsa consume ${line}`)).output

describe('samsa produce', () => {
  it('sends lines, and says how many', async () => {
    const ran = await broker.run('samsa produce lines --key k -H a=1 -z gzip --null NIL', {
      input: 'one\nNIL\n\nfour',
    })
    expect(ran).toMatchObject({ code: 0, output: '' })
    expect(ran.errors).toMatch(/^Sent 4 records in \d+\.\d s\.\n$/)
    const records = await broker.samsa.records('lines', 4)
    expect(records.map(({ key, value }) => [key, value])).toEqual([
      ['k', 'one'],
      ['k', null],
      ['k', ''],
      ['k', 'four'],
    ])
    expect(records[0]!.headers).toMatchObject([{ key: 'a' }])
  })

  it('sends keys and values', async () => {
    await broker.run('samsa produce pairs --keys --separator :', { input: 'a:1\nb:2:3\n' })
    expect(await consumed('pairs --keys --separator =')).toBe('a=1\nb=2:3\n')
  })

  it('sends lines of JSON as samsa consume prints them', async () => {
    const lines = [
      '{"partition":0,"timestamp":"2026-01-02T00:00:00.000Z","key":"k","headers":{"a":"1","b":{"base64":"/w=="}},"value":{"n": 12345678901234567890}}',
      '{"timestamp":1767312000000,"keyBase64":"/w==","headers":[["a","1"],["a",null]],"valueBase64":"/wA="}',
      '{"key":null,"timestamp":1767312000001,"value":null}',
      '{"key":"7","timestamp":1767312000002,"value":"text"}',
    ]
    expect((await broker.run('samsa produce json --json', { input: lines.join('\n') })).code).toBe(0)
    const first = await consumed('json --json')
    expect((await broker.run('samsa produce copies --json', { input: first })).code).toBe(0)
    expect((await consumed('copies --json')).replaceAll('"topic":"copies"', '"topic":"json"')).toBe(first)
    expect(first).toContain('"value":{"n": 12345678901234567890}')
  })

  it('sends rows of CSV', async () => {
    await broker.run('samsa produce rows --csv', {
      input: 'key,value,header.trace,timestamp\na,"one, two",t1,2026-01-02T00:00:00Z\nb,2,,1767312000000\n',
    })
    expect(await consumed('rows --json')).toMatch(
      /"timestamp":"2026-01-02T00:00:00.000Z","key":"a","headers":\{"trace":"t1"\},"value":"one, two"\}\n.*"value":2\}\n$/,
    )
    await broker.run("samsa produce objects --csv --separator ';' --key-column id --null -", {
      input: 'id;name\n7;Ada\n8;-\n',
    })
    expect(await consumed('objects --keys')).toBe('7\t{"id":"7","name":"Ada"}\n8\t{"id":"8","name":null}\n')
  })

  it('reads files', async () => {
    const path = join(directory, 'lines.txt')
    writeFileSync(path, Array.from({ length: 50_000 }, (_, at) => `line ${at}\n`).join(''))
    const ran = await broker.run(`samsa produce file ${path}`)
    expect(ran.errors).toContain('Sent 50000 records')
    expect(await consumed('file --at -1')).toBe('line 49999\n')
    const missing = await broker.run(`samsa produce file ${path}.not`)
    expect(missing).toMatchObject({ code: 1 })
    expect(missing.errors).toContain('cannot be read: ENOENT')
  })

  it('sends what stands before a wrong line, and says which it is', async () => {
    const ran = await broker.run('samsa produce wrong --json', {
      input: '{"value":"1"}\n{"value":"2"}\nthree\n',
    })
    expect(ran.code).toBe(1)
    expect(ran.errors).toMatch(/^samsa: Line 3: .*JSON/)
    expect(await consumed('wrong')).toBe('1\n2\n')
    for (const [line, message] of [
      ['--json --csv', 'Choose one of --json, --csv and --keys.'],
      ['-H a', "--header: 'a' is not name=value."],
      ['--csv --key-column no', 'The CSV has no column no: it has a, b.'],
      ['--csv', 'Row 2 of the CSV has 1 fields, its first row 2.'],
      ['--keys --separator =', 'Line 1: there is no "=" between a key and a value.'],
    ] as const) {
      const failed = await broker.run(`samsa produce wrong ${line}`, { input: 'a,b\nc\n' })
      expect(failed.code).toBe(1)
      expect(failed.errors).toContain(message)
    }
  })
})
