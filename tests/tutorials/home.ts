import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from '../process/samsa-process.ts'

const samsa = join(root, 'packages/samsa')

/**
 * The folder a tutorial is walked in, laid out like an unpacked Kafka: bin/ with the package's commands by all their
 * names, and config/ with what Kafka ships of it.
 */
export class TutorialHome {
  readonly address: string
  readonly directory: string
  readonly #brokerId: number

  constructor(address: string, brokerId: number) {
    this.address = address
    this.#brokerId = brokerId
    this.directory = mkdtempSync(join(tmpdir(), 'samsa-tutorial-'))
    this.#linkCommands()
    this.#writeConfig()
  }

  get environment(): NodeJS.ProcessEnv {
    const path = `${join(this.directory, 'bin')}${delimiter}${process.env['PATH']}`
    return { ...process.env, PATH: path, KAFKA_HOME: this.directory, SAMSA_BOOTSTRAP_SERVER: undefined }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #linkCommands(): void {
    const { bin } = JSON.parse(readFileSync(join(samsa, 'package.json'), 'utf8')) as {
      bin: Record<string, string>
    }
    mkdirSync(join(this.directory, 'bin'))
    for (const [name, program] of Object.entries(bin)) {
      const path = join(samsa, program)
      if (!existsSync(path)) throw new Error(`${path} is missing: run npm run build`)
      symlinkSync(path, join(this.directory, 'bin', name))
    }
  }

  /** The keys that are set in the files of Kafka 1 and 2; the listener, which they leave to its default, is added. */
  #writeConfig(): void {
    mkdirSync(join(this.directory, 'config'))
    const zookeeper = ['dataDir=/tmp/zookeeper', 'clientPort=2181', 'maxClientCnxns=0']
    const server = [
      `broker.id=${this.#brokerId}`,
      `listeners=PLAINTEXT://${this.address}:9092`,
      'num.network.threads=3',
      'num.io.threads=8',
      'socket.send.buffer.bytes=102400',
      'socket.receive.buffer.bytes=102400',
      'socket.request.max.bytes=104857600',
      `log.dirs=${join(this.directory, 'kafka-logs')}`,
      'num.partitions=1',
      'num.recovery.threads.per.data.dir=1',
      'offsets.topic.replication.factor=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'log.retention.hours=168',
      'log.segment.bytes=1073741824',
      'log.retention.check.interval.ms=300000',
      'zookeeper.connect=localhost:2181',
      'zookeeper.connection.timeout.ms=6000',
      'group.initial.rebalance.delay.ms=0',
    ]
    this.#write('config/zookeeper.properties', zookeeper)
    this.#write('config/server.properties', server)
  }

  #write(name: string, lines: readonly string[]): void {
    writeFileSync(join(this.directory, name), `${lines.join('\n')}\n`)
  }
}
