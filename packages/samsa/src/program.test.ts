import { DiskError, NetworkError, type World } from '@samsa/base'
import { type Broker, type BrokerOptions, DataDirectoryError } from '@samsa/broker'
import { type TestIo, testIo } from '@samsa/cli'
import { describe, expect, it, vi } from 'vitest'
import { runSamsa } from './program.ts'
import type { TopicToCreate } from './settings/topics-to-create.ts'
import type { StartParts } from './start/run-start.ts'

interface Run {
  readonly io: TestIo
  /** What the broker was started with. */
  readonly started: BrokerOptions[]
  readonly topics: TopicToCreate[]
  readonly stops: () => number
  readonly code: Promise<number>
}

interface Given {
  environment?: Record<string, string>
  files?: Record<string, string>
  isTerminal?: boolean
  failure?: unknown
  stop?: () => Promise<void>
  listeners?: Broker['listeners']
}

const onLoopback = {
  name: 'PLAINTEXT',
  securityProtocol: 'PLAINTEXT',
  bound: { host: '127.0.0.1', port: 9092 },
  advertised: { host: '127.0.0.1', port: 9092 },
  isAdvertisedAsReached: false,
}

/** Runs a command line with a broker that only pretends. */
function run(line: string, given: Given = {}): Run {
  const io = testIo(given)
  const started: BrokerOptions[] = []
  const topics: TopicToCreate[] = []
  let stops = 0
  const broker: Broker = {
    nodeId: 1,
    clusterId: 'cluster',
    listeners: given.listeners ?? [onLoopback],
    dataDirectories: ['samsa-data'],
    async stop() {
      stops++
      await given.stop?.()
    },
    async createTopics() {
      return []
    },
    async applyRetention() {},
    async compact() {
      return 0
    },
  }

  const parts: StartParts = {
    version: '1.2.3',
    world: {} as World,
    async startBroker(options) {
      started.push(options)
      if (given.failure !== undefined) throw given.failure
      return broker
    },
    async createTopics(_, wanted) {
      topics.push(...wanted)
    },
  }
  const code = runSamsa(parts, line.split(' ').filter(Boolean), io)
  return { io, started, topics, stops: () => stops, code }
}

/** Runs `samsa start …` until it is ready, then stops it. */
async function startAndStop(line: string, given: Given = {}): Promise<Run> {
  const running = run(line, given)
  await vi.waitFor(() => expect(running.io.output()).toMatch(/is ready after/))
  running.io.signal('SIGINT')
  expect(await running.code).toBe(0)
  return running
}

describe('samsa', () => {
  it('prints its help when nothing is asked of it', async () => {
    const { io, code } = run('')
    expect(await code).toBe(0)
    expect(io.output()).toContain('Usage: samsa [options] [command]')
    expect(io.output()).toContain('samsa start         A node on 127.0.0.1:9092; it says how to try it.')
  })

  it.each(['--version', '-V'])('%s prints the version', async flag => {
    const { io, code } = run(flag)
    expect(await code).toBe(0)
    expect(io.output()).toBe('1.2.3\n')
  })

  it('start --help lists every option, with examples', async () => {
    const { io, code } = run('start --help')
    expect(await code).toBe(0)
    for (const text of [
      '--port <number>',
      '--host',
      '--advertised',
      '--data',
      '--override',
      '--log-format',
      'Examples:',
    ]) {
      expect(io.output()).toContain(text)
    }
    expect(io.output()).toContain('samsa start server.properties')
  })

  it('names the option or command that was probably meant', async () => {
    const option = run('start --prot 9192')
    expect(await option.code).toBe(2)
    expect(option.io.errors()).toBe(
      "error: unknown option '--prot'\n(Did you mean --port?)\nTry: samsa start --help\n",
    )
    const command = run('strat')
    expect(await command.code).toBe(2)
    expect(command.io.errors()).toBe(
      "error: unknown command 'strat'\n(Did you mean start?)\nTry: samsa --help\n",
    )
  })
})

describe('samsa start', () => {
  it('starts a node with what file, variables and flags say, and stops it in order', async () => {
    const { started, stops, io } = await startAndStop(
      'start conf/server.properties --port 9192 -o broker.rack=b',
      {
        files: { '/home/me/conf/server.properties': 'num.partitions=3\nbroker.rack=a\n' },
        environment: { KAFKA_NUM_PARTITIONS: '5' },
      },
    )
    expect(started[0]?.config).toEqual({
      'num.partitions': '5',
      'broker.rack': 'b',
      listeners: 'PLAINTEXT://127.0.0.1:9192',
    })
    expect(stops()).toBe(1)
    expect(io.output()).toMatch(
      /INFO {2}Stopping \(SIGINT\): requests under way are finished first. Again stops at once./,
    )
    expect(io.output()).toMatch(/INFO {2}Stopped. Everything acknowledged is on disk./)
    expect(io.errors()).toBe('')
  })

  it('tells a person at a terminal what listens where, where the data is, and how to try it', async () => {
    const { io } = await startAndStop('start', { isTerminal: true })
    expect(io.output()).toContain(`
Samsa 1.2.3 is ready after 20 ms.

  listens on     127.0.0.1:9092
  keeps data in  /home/me/samsa-data

Try it from another terminal in this directory:
  echo hello | npx samsa produce greetings
  npx samsa consume greetings

with Kafka's tools, which are here too:
  npx kafka-console-producer.sh --bootstrap-server 127.0.0.1:9092 --topic greetings
  npx kafka-console-consumer.sh --bootstrap-server 127.0.0.1:9092 --topic greetings --from-beginning

with kcat:
  kcat -C -b 127.0.0.1:9092 -t greetings -e

or from a program, here with kafkajs:
  const kafka = new Kafka({ brokers: ['127.0.0.1:9092'] })
  await kafka.producer().connect()

Ctrl+C stops it.
`)
  })

  it('tells several listeners apart, and says what they are advertised as', async () => {
    const { io } = await startAndStop('start', {
      isTerminal: true,
      listeners: [
        {
          ...onLoopback,
          name: 'INTERNAL',
          bound: { host: '0.0.0.0', port: 29092 },
          advertised: { host: 'broker', port: 29092 },
        },
        {
          ...onLoopback,
          bound: { host: '', port: 9092 },
          advertised: { host: 'my-machine', port: 9092 },
          isAdvertisedAsReached: true,
        },
      ],
    })
    expect(io.output()).toContain(
      '  listens on     0.0.0.0:29092 (INTERNAL), advertised to clients as broker:29092\n                 every interface, port 9092\n',
    )
  })

  it('tells a log the same in two lines', async () => {
    const { io } = await startAndStop('start')
    const lines = io
      .output()
      .split('\n')
      .map(line => line.replace(/^\S+ \S+ /, ''))
    expect(lines.slice(0, 2)).toEqual([
      'INFO  Samsa 1.2.3 is ready after 20 ms: it listens on 127.0.0.1:9092.  listeners=["PLAINTEXT://127.0.0.1:9092"]',
      'INFO  It keeps its data in /home/me/samsa-data.  nodeId=1  clusterId=cluster',
    ])
  })

  it('logs JSON objects when asked to, a start at a terminal included', async () => {
    const { io } = await startAndStop('start --log-format json', { isTerminal: true })
    const messages = io
      .output()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).message)
    expect(messages[0]).toBe('Samsa 1.2.3 is ready after 20 ms: it listens on 127.0.0.1:9092.')
  })

  it('tells notices and warnings, and starts nevertheless', async () => {
    const { io } = await startAndStop('start', {
      environment: { KAFKA_ZOOKEEPER_CONNECT: 'z:2181', KAFKA_LISTENER: 'x' },
    })
    expect(io.output()).toContain('Not used: zookeeper.connect (Samsa needs no ZooKeeper).')
    expect(io.output()).toContain(
      'KAFKA_LISTENER sets no configuration key and is ignored. Did you mean KAFKA_LISTENERS?',
    )
  })

  it('makes the topics of KAFKA_CREATE_TOPICS', async () => {
    const { topics } = await startAndStop('start', { environment: { KAFKA_CREATE_TOPICS: 'a:2:1' } })
    expect(topics).toEqual([{ name: 'a', partitions: 2, replicas: 1, configs: {} }])
  })

  it.each<[string, Given, string]>([
    [
      'start',
      { environment: { KAFKA_NUM_PARTITIONS: 'many' } },
      "samsa: num.partitions: 'many' is not a whole number. Allowed: a whole number of at least 1.\n  It was said by KAFKA_NUM_PARTITIONS.\n",
    ],
    [
      'start missing.properties',
      {},
      "samsa: The properties file cannot be read: ENOENT: no such file or directory, open '/home/me/missing.properties'.\n",
    ],
    [
      'start f.properties',
      { files: { '/home/me/f.properties': 'a=\\u1' } },
      'samsa: f.properties:1: \\u is not followed by four hexadecimal digits.\n',
    ],
    ['start -o x', {}, 'samsa: --override x: write key=value, for example --override num.partitions=3.\n'],
    [
      'start',
      { environment: { KAFKA_CREATE_TOPICS: 'a' } },
      "samsa: KAFKA_CREATE_TOPICS: 'a' is not a topic. Write name:partitions:replicas or name:partitions:replicas:compact, separated by commas.\n",
    ],
  ])(
    '%s with wrong settings says what, where and what is allowed, and does not start: %j',
    async (line, given, message) => {
      const { io, started, code } = run(line, given)
      expect(await code).toBe(1)
      expect(io.errors()).toBe(message)
      expect(started).toEqual([])
    },
  )

  it.each<[unknown, string]>([
    [
      new DataDirectoryError('The data in /data belongs to node 2, and this is node 1. Set node.id=2.'),
      'samsa: The data in /data belongs to node 2, and this is node 1. Set node.id=2.\n',
    ],
    [
      new NetworkError('ADDRESS_IN_USE', 'cannot listen on 127.0.0.1:9092: address already in use'),
      'samsa: Another program is listening already (127.0.0.1, port 9092), perhaps another Samsa or Kafka.\nStop that program, or take another port: samsa start --port 9192\n',
    ],
    [
      new NetworkError('ADDRESS_NOT_AVAILABLE', 'cannot listen on 127.0.0.1:9092: address not available'),
      'samsa: This machine has no such address to listen on (127.0.0.1, port 9092).\nListen on an address of this machine, or on every interface (--host 0.0.0.0), and say in advertised.listeners (--advertised) how clients reach it.\n',
    ],
    [
      new NetworkError('PERMISSION', 'cannot listen on 127.0.0.1:9092: permission denied'),
      'samsa: This user may not listen there (127.0.0.1, port 9092). Ports below 1024 are often reserved for the administrator.\nTake a port above 1023, for example 9092.\n',
    ],
    [
      new DiskError('PERMISSION', '/data', 'cannot make /data: permission denied'),
      'samsa: This user may not write the data directory: cannot make /data: permission denied.\nMake /data writable for this user. Give another data directory with --data or log.dirs.\n',
    ],
    [
      new DiskError('NO_SPACE', '/data/a', 'cannot write /data/a: no space left'),
      'samsa: The disk is full: cannot write /data/a: no space left.\nFree some space on the disk of /data/a. Nothing that was acknowledged is lost.\n',
    ],
    [
      new DiskError('READ_ONLY', '/data', 'cannot make /data: read-only file system'),
      'samsa: The data directory cannot be written: cannot make /data: read-only file system.\nGive another data directory with --data or log.dirs.\n',
    ],
    [
      new DiskError('TOO_MANY_OPEN_FILES', '/data', 'cannot open /data/a: too many open files'),
      'samsa: The system lets this process open no more files: cannot open /data/a: too many open files.\nRaise the limit (ulimit -n 65536) and start again.\n',
    ],
    [
      new DiskError('OTHER', '/data', 'cannot open /data'),
      'samsa: The data directory cannot be used: cannot open /data.\nCheck /data. Give another data directory with --data or log.dirs.\n',
    ],
  ])('explains why it could not start, without a stack: %s', async (failure, message) => {
    const { io, code } = run('start', { failure })
    expect(await code).toBe(1)
    expect(io.errors()).toBe(message)
  })

  it('explains a failure to a machine in one JSON line', async () => {
    const { io, code } = run('start --log-format json', {
      failure: new DiskError('READ_ONLY', '/data', 'read-only file system'),
    })
    expect(await code).toBe(1)
    expect(io.errors()).toBe('')
    expect(JSON.parse(io.output())).toMatchObject({
      level: 'error',
      message: expect.stringContaining('cannot be written'),
    })
  })

  it('calls a failure nobody foresaw a bug, with its stack and an exit code of its own', async () => {
    const { io, code } = run('start', { failure: new TypeError('undefined is not a function') })
    expect(await code).toBe(70)
    expect(io.errors()).toMatch(
      /^samsa: this should not have happened.*\nTypeError: undefined is not a function\n {4}at /,
    )
  })

  it('ends at once at the second signal', async () => {
    let finish = () => {}
    const running = run('start', {
      stop: () =>
        new Promise(resolve => {
          finish = resolve
        }),
    })
    await vi.waitFor(() => expect(running.io.output()).toMatch(/is ready after/))
    running.io.signal('SIGTERM')
    await vi.waitFor(() => expect(running.stops()).toBe(1))
    running.io.signal('SIGTERM')
    expect(running.io.exits).toEqual([143])
    finish()
    await running.code
    running.io.signal('SIGTERM')
    expect(running.io.exits).toEqual([143])
  })
})
