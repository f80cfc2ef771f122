import { describe, expect, it } from 'vitest'
import { FailedError } from './command.ts'
import { type KafkaTool, ToolUsageError, kafkaTool } from './kafka-tool.ts'
import { flag, integer, number, text } from './options.ts'
import { runKafkaTool } from './run-kafka-tool.ts'
import { testIo } from './test-io.ts'

/** A tool that keeps what it was called with. */
function toolOf(more: Partial<KafkaTool> = {}) {
  const calls: unknown[] = []
  const tool = kafkaTool({
    name: 'kafka-things',
    about: 'Do things.',
    style: 'plain',
    options: {
      create: flag({ about: 'Make one.' }),
      topic: text({ argument: 'name', about: 'Which.' }),
      partitions: integer({ argument: 'count', about: 'How many.', min: 1 }),
      share: number({ argument: 'fraction', about: 'How much.', default: 0.5 }),
      config: text({ argument: 'key=value', about: 'Settings.', isRepeatable: true }),
      props: text({ argument: 'key=value', about: 'More settings.', isVariadic: true }),
      mode: text({ argument: 'mode', about: 'How.', choices: ['fast', 'slow'] }),
      server: text({ argument: 'host', about: 'Where.' }),
      'broker-list': text({
        argument: 'host',
        about: 'Old.',
        insteadOf: 'server',
        notice: 'is --server now.',
      }),
    },
    examples: [['kafka-things --create', 'Makes a thing.']],
    async run(options: object, _io: unknown, verb: string | undefined, words: string[]) {
      calls.push({ ...options, verb, ...(words.length > 0 && { words }) })
      return 0
    },
    ...more,
  } as never)
  return { tool, calls }
}

async function run(line: string, more: Partial<KafkaTool> = {}) {
  const io = testIo()
  const { tool, calls } = toolOf(more)
  const code = await runKafkaTool(tool, line === '' ? [] : line.split(' '), io)
  return { code, output: io.output(), errors: io.errors(), calls }
}

describe('one of Kafka’s tools', () => {
  it('gets its options typed, with defaults', async () => {
    const { code, calls } = await run(
      '--create --topic=a --partitions 3 --config x=1 --config y=2 --props p=1 q=2',
    )
    expect(code).toBe(0)
    expect(calls).toEqual([
      {
        create: true,
        topic: 'a',
        partitions: 3,
        share: 0.5,
        config: ['x=1', 'y=2'],
        props: ['p=1', 'q=2'],
        mode: undefined,
        server: undefined,
        verb: undefined,
      },
    ])
  })

  it('says what it is for when it is given nothing, unless it can do without', async () => {
    const { code, errors, calls } = await run('')
    expect([code, calls]).toEqual([1, []])
    expect(errors).toBe('Do things.\nTry: kafka-things --help\n')
    expect((await run('', { runsBare: true })).calls).toHaveLength(1)
  })

  it('ignores words that are not options, as Kafka’s do', async () => {
    expect((await run('--create all')).code).toBe(0)
  })

  it('gets the words that are not options, and takes long options with one dash as Kafka’s do', async () => {
    const { calls } = await run('-create file -topic a -partitions=2 other')
    expect(calls).toMatchObject([{ create: true, topic: 'a', partitions: 2, words: ['file', 'other'] }])
  })

  it('takes an earlier spelling and says so', async () => {
    const { calls, errors } = await run('--broker-list here:1')
    expect(calls).toMatchObject([{ server: 'here:1' }])
    expect(errors).toBe('--broker-list: is --server now.\n')
  })

  it.each([
    ['--craete', 'craete is not a recognized option. Did you mean --create?'],
    ['--topic', 'Option topic requires an argument'],
    ['--partitions x', "Cannot parse argument 'x' of option partitions: 'x' is not a whole number."],
    ['--partitions 0', "Cannot parse argument '0' of option partitions: 0 is less than 1."],
    ['--share x', "Cannot parse argument 'x' of option share: 'x' is not a number."],
    ['--topic a --topic b', 'Found multiple arguments for option topic, but you asked for only one'],
    ['--mode loud', "Cannot parse argument 'loud' of option mode: Allowed choices are fast, slow."],
  ])('refuses %s with exit code 1', async (line, message) => {
    const { code, errors, calls } = await run(line)
    expect([code, calls]).toEqual([1, []])
    expect(errors).toBe(`${message}\nTry: kafka-things --help\n`)
  })

  it('names itself where Kafka’s tool writes a usage line', async () => {
    const { errors } = await run('--nothing', { style: 'verbs' })
    expect(errors).toContain("kafka-things: error: unrecognized arguments: '--nothing'\n")
  })

  it('prints help and version on the standard output, with exit code 0', async () => {
    const help = await run('--help')
    expect(help.code).toBe(0)
    expect(help.output).toContain('--partitions <count>')
    expect(help.output).toContain('kafka-things --create  Makes a thing.')
    expect(help.output).not.toContain('broker-list')
    expect((await run('--version')).output).toBe('1.2.3\n')
    expect((await run('-version')).output).toBe('1.2.3\n')
  })

  it('tells failures in the tool’s own way, and wrong combinations with the way to the help', async () => {
    const failure = await run('--create', {
      run: () => Promise.reject(new FailedError('no such thing')),
      failurePrefix: 'Error while doing: ',
      failureGoesTo: 'output',
    })
    expect(failure).toMatchObject({ code: 1, output: 'Error while doing: no such thing\n', errors: '' })
    const wrong = await run('--create', { run: () => Promise.reject(new ToolUsageError('name a thing')) })
    expect(wrong).toMatchObject({ code: 1, errors: 'name a thing\nTry: kafka-things --help\n' })
  })

  it('may repeat its command line before a failure', async () => {
    const { errors } = await run('--topic a', {
      run: () => Promise.reject(new FailedError('no such thing')),
      failurePrefix: (error, line) => `${error.name} of '${line.join(' ')}'\n`,
    })
    expect(errors).toBe("FailedError of '--topic a'\nno such thing\n")
  })

  it('gives empty text for an option that was left without its value', async () => {
    const options = {
      state: text({ argument: 'states', about: 'Which.', isValueOptional: true }),
      create: flag({ about: 'Make one.' }),
    }
    const states = async (line: string) => (await run(line, { options })).calls
    expect(await states('--state --create')).toMatchObject([{ state: '', create: true }])
    expect(await states('--create')).toMatchObject([{ state: undefined }])
    expect(await states('--state a')).toMatchObject([{ state: 'a' }])
  })

  it('takes an option that stands for another with a value, in its place', async () => {
    const options = {
      name: text({ argument: 'name', about: 'Names.', isRepeatable: true }),
      default: flag({ about: 'The default.', insteadOf: 'name', means: '' }),
    }
    const { calls } = await run('--default --name a --default', { options })
    expect(calls).toEqual([{ name: ['', 'a', ''], verb: undefined }])
  })

  it('takes the beginning of a name that only one option has, unless it is plain', async () => {
    expect((await run('--part=3 --cre', { style: 'verbs' })).calls).toMatchObject([
      { partitions: 3, create: true },
    ])
    expect((await run('--he', { style: 'verbs' })).output).toContain('--partitions <count>')
    expect((await run('--q 3', { style: 'verbs' })).errors).toContain("unrecognized arguments: '--q'")
    expect((await run('--part 3')).errors).toContain('part is not a recognized option')
  })

  it('names all that the beginning of a name or verb can mean', async () => {
    const told = async (line: string) => (await run(line, { style: 'verbs', verbs })).errors.split('\n')[0]
    const verbs = {
      drain: { about: 'Drain.', options: { quick: flag({ about: 'Fast.' }) } },
      drop: { about: 'Drop.', options: { quiet: flag({ about: 'Say nothing.' }) } },
    }
    expect(await told('--p 3 drop')).toBe(
      'kafka-things: error: ambiguous option: --p could match --partitions, --props',
    )
    expect(await told('--topic dr dr')).toBe(
      'kafka-things: error: ambiguous command: dr could match drain, drop',
    )
    expect(await told('drop it --quiet')).toBe("kafka-things: error: unrecognized arguments: 'it'")
    const { calls } = await run('--top dra dro --qui', { style: 'verbs', verbs })
    expect(calls).toMatchObject([{ topic: 'dra', verb: 'drop', quiet: true }])
  })

  it('may word a wrong command line in its own way', async () => {
    const usageText = (problem: string) => `Oh: ${problem}`
    expect((await run('--craete', { usageText })).errors).toBe(
      'Oh: craete is not a recognized option. Did you mean --create?\nTry: kafka-things --help\n',
    )
  })

  it('leaves what nobody foresaw to the process', async () => {
    await expect(run('--create', { run: () => Promise.reject(new TypeError('oops')) })).rejects.toThrow(
      'oops',
    )
  })

  it('may have verbs with options of their own', async () => {
    const verbs = {
      list: { about: 'List.', options: { deep: flag({ about: 'All.' }) } },
      drop: { about: 'Drop.', options: { id: text({ argument: 'id', about: 'Which.', isRequired: true }) } },
    }
    const { calls } = await run('list --deep --topic a', { style: 'verbs', verbs })
    expect(calls).toMatchObject([{ deep: true, topic: 'a', verb: 'list' }])
    const missing = await run('drop', { style: 'verbs', verbs })
    expect(missing.errors).toContain('kafka-things: error: argument --id is required')
    expect(missing.code).toBe(1)
    const before = await run('--topic a drop --id 7', { style: 'verbs', verbs })
    expect(before.calls).toMatchObject([{ topic: 'a', id: '7', verb: 'drop' }])
    for (const [line, message] of [
      ['', 'too few arguments'],
      ['lsit', "invalid choice: 'lsit' (choose from 'list', 'drop'). Did you mean list?"],
      ['drop --id', 'argument --id: expected one argument'],
    ] as const) {
      expect((await run(line, { style: 'verbs', verbs })).errors).toContain(
        `kafka-things: error: ${message}\n`,
      )
    }
  })
})
