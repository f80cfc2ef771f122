import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { root } from '../process/samsa-process.ts'
import { type Client, type MissingClient, programOf } from './client.ts'

// Foreign clients live in a cache outside the repository, one folder per set of versions. Whatever the machine lacks
// (python3, java, go, kcat) makes its client a visible skip; a failed installation is one too, with the reason.
const cache =
  process.env['SAMSA_INTEROP_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'samsa-interop')
const here = join(root, 'tests/interop')

// Versions are pinned: a new release of a client is tried on purpose, not by surprise.
const confluentKafka = 'confluent-kafka==2.16.1'
const kafkaPython2 = [
  'kafka-python==2.0.2',
  'msgpack==1.2.4',
  'python-snappy==0.7.3',
  'lz4==4.4.5',
  'zstandard==0.25.0',
]
const kafkaPython1 = ['kafka-python==1.4.7', 'python-snappy==0.7.3', 'lz4==4.4.5']

class Missing extends Error {}

/** Everybody wanted who can be tried on this machine, and who cannot, in the order they are run. */
export function installClients(wanted: (name: string) => boolean): (Client | MissingClient)[] {
  mkdirSync(cache, { recursive: true })
  return Object.entries(installers)
    .filter(([name]) => wanted(name))
    .map(([name, install]) => attempt(name, install))
}

const installers: Record<string, (name: string) => Client> = {
  kafkajs,
  'confluent-kafka': name => python(name, [confluentKafka], 'confluent-kafka/client.py'),
  kcat,
  'kafka-python 2.0': name => python(name, kafkaPython2, 'kafka-python/client.py'),
  'kafka-python 2.0 speaking 0.10': name =>
    python(name, kafkaPython2, 'kafka-python/client.py', { SAMSA_API_VERSION: '0.10' }),
  'kafka-python 1.4': name => python(name, kafkaPython1, 'kafka-python/client.py'),
  java,
  'franz-go': franzGo,
  tutorials: name => suiteOnly(python(name, kafkaPython2, 'tutorials/client.py')),
}

function attempt(name: string, install: (name: string) => Client): Client | MissingClient {
  try {
    return install(name)
  } catch (error) {
    if (error instanceof Missing) return { name, missing: error.message }
    throw error
  }
}

function kafkajs(): Client {
  const packages = ['kafkajs@2.2.4', 'kafkajs-snappy@1.1.0', 'lz4-napi@2.10', '@mongodb-js/zstd@1.2.2']
  const folder = once('npm', packages.join(' '), folder => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    call('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...packages])
  })
  const environment = { SAMSA_INTEROP_NPM: folder, KAFKAJS_NO_PARTITIONER_WARNING: '1' }
  return programOf('kafkajs', process.execPath, [join(here, 'kafkajs/client.mjs')], environment)
}

function python(name: string, packages: string[], script: string, environment = {}): Client {
  need('python3', ['--version'])
  const folder = once(`python-${packages[0]}`, packages.join(' '), folder => {
    call('python3', ['-m', 'venv', folder])
    call(join(folder, 'bin/pip'), ['install', '-q', '--disable-pip-version-check', ...packages])
  })
  return programOf(name, join(folder, 'bin/python'), [join(here, script)], environment)
}

function suiteOnly({ name, suite }: Client): Client {
  return { name, suite }
}

/** kcat cannot make topics nor print acknowledgements: librdkafka's Python binding does that for its group. */
function kcat(): Client {
  const program = ['kcat', 'kafkacat'].find(name => spawnSync(name, ['-V']).status === 0)
  if (program === undefined) throw new Missing('kcat is not installed (Debian: apt-get install kafkacat)')
  need('python3', ['--version'])
  const { create, produce } = python('confluent-kafka', [confluentKafka], 'confluent-kafka/client.py')
  const options = ['auto.offset.reset=earliest', 'session.timeout.ms=6000', 'heartbeat.interval.ms=500']
  const settings = [...options, 'auto.commit.interval.ms=200'].flatMap(option => ['-X', option])
  const format = ['-u', '-f', 'record %p %o %s\\n']
  return {
    name: 'kcat',
    suite: {
      program: 'python3',
      args: bootstrap => [join(here, 'kcat/client.py'), 'suite', bootstrap],
      environment: { SAMSA_INTEROP_KCAT: program },
    },
    member: {
      program,
      args: (bootstrap, topic = '', group = '') => [
        '-b',
        bootstrap,
        '-G',
        group,
        ...settings,
        ...format,
        topic,
      ],
    },
    create: create!,
    produce: produce!,
    // A signal only clears kcat's `run` flag while it waits in poll. The record that ends this wait is handed over, and
    // with that librdkafka (enable.auto.offset.store) notes it as consumed; kcat's consume_cb sees `run` cleared, returns
    // without printing, and closing the consumer commits past it. Measured with records coming every 20 ms: Apache Kafka
    // 4.3.1 15 records in 70 leaves, Samsa 18 in 70. A kcat that reports what it drops there named each lost record on
    // both brokers (4 of 4, 7 of 7); a kcat that prints it instead lost none (Apache Kafka 20 leaves, Samsa 25).
    losesOneOnLeaving: true,
  }
}

function java(): Client {
  need('javac', ['-version'])
  need('mvn', ['-v'])
  const folder = once('java', 'kafka-clients 4.3.1', folder => {
    copyFileSync(join(here, 'java/pom.xml'), join(folder, 'pom.xml'))
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
    call('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), goal, `-DoutputDirectory=${join(folder, 'lib')}`])
  })
  const [libraries, classes] = [join(folder, 'lib/*'), join(folder, 'classes')]
  call('javac', ['-Xlint:-options', '-cp', libraries, '-d', classes, join(here, 'java/Client.java')])
  const flags = ['-Xmx96m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8']
  const program = programOf('java', 'java', [...flags, '-cp', `${classes}:${libraries}`, 'Client'])
  // Offsets are committed when the rebalance begins; poll goes on to hand out records, and what it hands out until the
  // assignment comes is not committed before it is given up. Measured with Java members alone, each of which reads
  // while two more come and go: 2 groups of 8 read something twice on Apache Kafka 4.3.1, 6 of 8 on Samsa.
  return { ...program, rereadsWhenCooperative: true }
}

function franzGo(): Client {
  need('go', ['version'])
  const program = join(cache, 'franz-go-client')
  call('go', ['build', '-o', program, '.'], join(here, 'franz-go'))
  return programOf('franz-go', program, [])
}

/** Fills a cache folder unless an earlier run did for the same versions. */
function once(name: string, versions: string, fill: (folder: string) => void): string {
  const folder = join(cache, `${name}-${versions.length}`.replaceAll(/[^\w.-]/g, '_'))
  const stamp = join(folder, `.done-${Buffer.from(versions).toString('base64url').slice(0, 100)}`)
  if (existsSync(stamp)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  fill(folder)
  writeFileSync(stamp, versions)
  return folder
}

function need(program: string, args: string[]): void {
  if (spawnSync(program, args).status !== 0) throw new Missing(`${program} is not installed`)
}

function call(program: string, args: string[], cwd = root): void {
  const done = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 300_000 })
  if (done.status === 0) return
  const words = `${done.stderr ?? ''}${done.stdout ?? ''}${done.error?.message ?? ''}`
    .trim()
    .split('\n')
    .slice(-3)
  throw new Missing(`${program} ${args[0]} failed: ${words.join(' / ')}`)
}
