import {
  type Io,
  type TestIo,
  kafkaTools,
  runCommandLine,
  runKafkaTool,
  samsaCommands,
  samsaNouns,
  testIo,
} from '@samsa/cli'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

// What the console tools do with their process: signals, a reader that goes away, a terminal.

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['lines', 'typed'] })
  await broker.produce('lines', ['one', 'two', 'three'])
})
afterAll(() => broker[Symbol.asyncDispose]())

function ioOf(given: Partial<Io> = {}): TestIo {
  const environment = { SAMSA_BOOTSTRAP_SERVER: broker.samsa.bootstrapServers }
  return Object.assign(testIo({ environment, outside: broker.samsa.outside }), given)
}

async function run(line: string, io: Io): Promise<number> {
  const [name, ...words] = line.split(' ')
  if (name !== 'samsa') return runKafkaTool(await kafkaTools[name!]!(), words, io)
  const program = {
    name: 'samsa',
    about: '',
    version: '1',
    help: '',
    commands: samsaCommands,
    nouns: samsaNouns,
  }
  return runCommandLine(program, words, io)
}

async function untilPrinted(io: TestIo, text: string): Promise<void> {
  while (!io.output().includes(text)) await new Promise(done => setTimeout(done, 10))
}

describe('console tools in their process', () => {
  it('end at Ctrl-C with what they did, and at once the second time', async () => {
    for (const [line, errors] of [
      ['kafka-console-consumer --topic lines --from-beginning', 'Processed a total of 3 messages\n'],
      ['samsa consume lines --follow --at beginning', ''],
    ] as const) {
      const io = ioOf()
      const ended = run(line, io)
      await untilPrinted(io, 'three\n')
      io.signal('SIGINT')
      io.signal('SIGINT')
      expect(await ended).toBe(130)
      expect(io.output()).toBe('one\ntwo\nthree\n')
      expect(io.errors()).toBe(errors)
      expect(io.exits).toEqual([130])
    }
  })

  it('end when nobody reads their output any more', async () => {
    const write = () => Promise.resolve(false)
    const io = ioOf({ write })
    expect(await run('kafka-console-consumer --topic lines --from-beginning', io)).toBe(0)
    expect(io.errors()).toMatch(/^Unable to write to standard out, closing consumer\.\nProcessed a total of /)
    expect(await run('samsa consume lines --follow --at beginning', ioOf({ write }))).toBe(0)
  })

  it('prompt for lines at a terminal, and send what was typed when it ends', async () => {
    const encoder = new TextEncoder()
    async function* input() {
      yield encoder.encode('first\n')
      yield encoder.encode('second\n')
    }
    const io = ioOf({ isTerminal: true, isInputTerminal: true, input: input() })
    expect(await run('kafka-console-producer --topic typed', io)).toBe(0)
    expect(io.output()).toBe('>>>')
    expect((await broker.samsa.records('typed', 2)).map(({ value }) => value)).toEqual(['first', 'second'])
  })

  it('send what was typed before Ctrl-C', async () => {
    async function* input() {
      yield new TextEncoder().encode('third\nnot ended')
      await new Promise(() => {})
    }
    const io = ioOf({ isTerminal: true, isInputTerminal: true, input: input() })
    const ended = run('kafka-console-producer --topic typed', io)
    await untilPrinted(io, '>>')
    io.signal('SIGTERM')
    expect(await ended).toBe(143)
    expect((await broker.samsa.records('typed', 3)).at(-1)!.value).toBe('third')
  })

  it('show records for people at a terminal, with colours unless they are not wanted', async () => {
    const coloured = ioOf({ isTerminal: true })
    await run('samsa consume lines -n 1', coloured)
    expect(coloured.output()).toContain('\u001b[2mlines/0 @ 0  ')
    expect(coloured.output()).toContain('\u001b[0m\none\n')
    const plain = ioOf({ isTerminal: true, environment: { ...coloured.environment, NO_COLOR: '1' } })
    await run('samsa consume lines -n 1', plain)
    expect(plain.output()).toMatch(/^lines\/0 @ 0 {2}[\d-]+ [\d:.]+\none\n$/)
  })
})
