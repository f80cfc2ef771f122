import { kafkaTools, runCommandLine, runKafkaTool, samsaCommands, samsaNouns, testIo } from '@samsa/cli'
import { type Samsa, startSamsa } from 'samsa'

/** What a command line came to. */
export interface Ran {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** A broker in this process without sockets, and command lines run against it: no address need be given in them. */
export class ToolBroker implements AsyncDisposable {
  readonly samsa: Samsa

  private constructor(samsa: Samsa) {
    this.samsa = samsa
  }

  static async start(options: Parameters<typeof startSamsa>[0] = {}): Promise<ToolBroker> {
    return new ToolBroker(await startSamsa({ log: 'silent', ...options }))
  }

  /**
   * Runs one of Kafka's tools by its name, or a command of `samsa`. Words are separated by blanks; '…' keeps them
   * together.
   *
   * @param given files that the command may read, by absolute path, and its standard input
   */
  run(line: string, given: { files?: Record<string, string>; input?: string } = {}): Promise<Ran> {
    return this.begin(line, given).ended
  }

  /** The same, for what is looked at while it runs, or ends only when it is told to: `io.signal('SIGINT')`. */
  begin(
    line: string,
    given: { files?: Record<string, string>; input?: string } = {},
  ): { readonly io: TestIo; readonly ended: Promise<Ran> } {
    const environment = { SAMSA_BOOTSTRAP_SERVER: this.samsa.bootstrapServers }
    const io = testIo({ ...given, environment, outside: this.samsa.outside })
    const [name, ...words] = wordsOf(line)
    const ended = name === 'samsa' ? runSamsa(words, io) : runTool(name!, words, io)
    return { io, ended: ended.then(code => ({ code, output: io.output(), errors: io.errors() })) }
  }

  /** Sends values to a partition of a topic, which is made when it is missing. */
  async produce(topic: string, values: readonly string[], partition = 0): Promise<void> {
    await using producer = this.samsa.producer<string, string>()
    await producer.sendAll(values.map(value => ({ topic, value, partition })))
  }

  /** A consumer called `reader` that is a member of a group, for it has read a first record of a topic. */
  async member(groupId: string, topic: string) {
    const consumer = this.samsa.consumer<string, string>({
      'group.id': groupId,
      'client.id': 'reader',
      'auto.offset.reset': 'earliest',
    })
    consumer.subscribe([topic])
    for await (const _ of consumer) break
    return consumer
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.samsa.close()
  }
}

type TestIo = ReturnType<typeof testIo>

async function runTool(name: string, words: readonly string[], io: TestIo): Promise<number> {
  const load = kafkaTools[name]
  if (load === undefined) throw new Error(`there is no ${name}`)
  return runKafkaTool(await load(), words, io)
}

function runSamsa(words: readonly string[], io: TestIo): Promise<number> {
  const texts = { name: 'samsa', about: 'Samsa.', version: io.version, help: '' }
  return runCommandLine({ ...texts, commands: samsaCommands, nouns: samsaNouns }, words, io)
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''))
}
