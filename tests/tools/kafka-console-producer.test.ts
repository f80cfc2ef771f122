import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['lines', 'keys', 'old'] })
})
afterAll(() => broker[Symbol.asyncDispose]())

const command = 'kafka-console-producer --topic'

describe('kafka-console-producer', () => {
  it('sends each line of the input', async () => {
    const ran = await broker.run(`${command} lines`, { input: 'one\ntwo\r\n\nfour' })
    expect(ran).toEqual({ code: 0, output: '', errors: '' })
    const records = await broker.samsa.records('lines', 4)
    expect(records.map(({ key, value }) => [key, value])).toEqual([
      [null, 'one'],
      [null, 'two'],
      [null, ''],
      [null, 'four'],
    ])
  })

  it('reads headers, keys and nulls, compressed, one at a time', async () => {
    const properties =
      '--reader-property parse.key=true --reader-property parse.headers=true --reader-property null.marker=NULL'
    const ran = await broker.run(`${command} keys --sync --compression-codec ${properties}`, {
      input: 'trace:7\ta\t1\nNULL\ta\tNULL\n',
    })
    expect(ran).toEqual({ code: 0, output: '', errors: '' })
    const records = await broker.samsa.records('keys', 2)
    expect(records).toMatchObject([
      { key: 'a', value: '1', headers: [{ key: 'trace', value: new TextEncoder().encode('7') }] },
      { key: 'a', value: null, headers: [] },
    ])
  })

  it('sends what stands before a wrong line, and says what is wrong', async () => {
    const ran = await broker.run(
      `${command} keys --property parse.key=true --broker-list ${broker.samsa.bootstrapServers}`,
      {
        input: 'b\t2\nno key\n',
      },
    )
    expect(ran.code).toBe(1)
    expect(ran.errors.split('\n')).toEqual([
      '--broker-list: this is called --bootstrap-server now.',
      'Warning: --property is deprecated and will be removed in a future version. Use --reader-property instead.',
      "No key separator found on line number 2: 'no key'",
      '',
    ])
    expect((await broker.samsa.records('keys', 3)).at(-1)).toMatchObject({ key: 'b', value: '2' })
  })

  it('takes an option under one of its names, and files with other programs’ keys', async () => {
    const both = await broker.run(
      `${command} old --property parse.key=true --reader-property parse.key=false`,
    )
    expect(both).toMatchObject({ code: 1 })
    expect(both.errors).toContain('Options --reader-property and --property cannot be specified together.')
    const ran = await broker.run(`${command} old --producer.config /p.properties --request-required-acks 1`, {
      files: { '/p.properties': 'linger.ms=0\nschema.registry.url=x\n' },
      input: 'x',
    })
    expect(ran.code).toBe(0)
    expect(ran.errors).toContain(
      'schema.registry.url is not a configuration key of this client: it is ignored.',
    )
    expect(await broker.samsa.records('old', 1)).toMatchObject([{ value: 'x' }])
  })
})
