import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../process/samsa-process.ts'
import type { Ran, Toolbox } from './toolbox.ts'

/** Where Kafka keeps each tool's `main`. */
const classes: Readonly<Record<string, string>> = {
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  'kafka-client-metrics': 'org.apache.kafka.tools.ClientMetricsCommand',
  'kafka-cluster': 'org.apache.kafka.tools.ClusterTool',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-share-consumer': 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'kafka-delegation-tokens': 'org.apache.kafka.tools.DelegationTokenCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  'kafka-e2e-latency': 'org.apache.kafka.tools.EndToEndLatency',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-groups': 'org.apache.kafka.tools.GroupsCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-replica-verification': 'org.apache.kafka.tools.ReplicaVerificationTool',
  'kafka-share-consumer-perf-test': 'org.apache.kafka.tools.ShareConsumerPerformance',
  'kafka-share-groups': 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  'kafka-storage': 'kafka.tools.StorageTool',
  'kafka-streams-groups': 'org.apache.kafka.tools.streams.StreamsGroupCommand',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
  'kafka-verifiable-consumer': 'org.apache.kafka.tools.VerifiableConsumer',
  'kafka-verifiable-producer': 'org.apache.kafka.tools.VerifiableProducer',
  'kafka-verifiable-share-consumer': 'org.apache.kafka.tools.VerifiableShareConsumer',
}

/** These print more when their virtual machine ends: each run has its own. */
const endsWithItsMachine = /^kafka-verifiable-/

/** Kafka's own tools, most of them in one virtual machine (ToolServer.java). */
export class JavaTools implements Toolbox {
  readonly name = "Kafka's"
  readonly #child: ChildProcess
  readonly #flags: readonly string[]
  readonly #answers: AsyncIterator<string>

  /** @param script has `classpath`, which prints where Kafka's jars are */
  constructor(script: string) {
    const path = spawnSync(script, ['classpath'], { encoding: 'utf8' }).stdout.trim()
    const folder = resolve(root, 'tests/tools-parity')
    const flags = ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Djava.security.manager=allow']
    const logging = `-Dlog4j2.configurationFile=${folder}/log4j2.properties`
    this.#flags = [...flags, logging, '-cp', path]
    this.#child = spawn('java', [...this.#flags, `${folder}/ToolServer.java`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  async run(tool: string, args: readonly string[], input: string): Promise<Ran> {
    if (endsWithItsMachine.test(tool)) return this.#runAlone(tool, args)
    const words = [input, ...args].map(word => `=${Buffer.from(word).toString('base64')}`)
    this.#child.stdin!.write(`${[classes[tool] ?? tool, ...words].join(' ')}\n`)
    const { value, done } = await this.#answers.next()
    if (done === true) throw new Error('the virtual machine of Kafka’s tools ended')
    const [code, output, errors] = (value as string).split(' ') as [string, string, string]
    return { code: Number(code), output: decoded(output), errors: decoded(errors) }
  }

  async #runAlone(tool: string, args: readonly string[]): Promise<Ran> {
    const child = spawn('java', [...this.#flags, classes[tool] ?? tool, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ran = { code: 0, output: '', errors: '' }
    child.stdout.on('data', chunk => {
      ran.output += chunk
    })
    child.stderr.on('data', chunk => {
      ran.errors += chunk
    })
    const [code] = (await once(child, 'close')) as [number | null]
    return { ...ran, code: code ?? -1 }
  }

  close(): void {
    this.#child.stdin!.end()
  }
}

const decoded = (word: string) => Buffer.from(word.slice(1), 'base64').toString('utf8')
