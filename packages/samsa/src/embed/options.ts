import { type Logger, type World, createLogger, parseConfig, silentLogger } from '@samsa/base'
import { type BrokerConfig, brokerConfig, checkBrokerConfig } from '@samsa/broker'
import { type ConfigValue, KafkaError } from '@samsa/client'

/** A topic that is made before `startSamsa` resolves. */
export interface TopicToStart {
  readonly name: string
  /** Default: `num.partitions` of the configuration, which is 1 unless given. */
  readonly partitions?: number
  /** Kafka's topic keys. */
  readonly configs?: Readonly<Record<string, string | number | boolean>>
}

export interface SamsaOptions {
  /** Topics to make, by name or in full. */
  readonly topics?: readonly (string | TopicToStart)[]
  /** The broker's configuration by Kafka's keys. */
  readonly config?: { readonly [Key in keyof BrokerConfig]?: ConfigValue }
  /**
   * False (default) keeps all traffic inside the process: only clients made with `samsa.outside` connect. True listens on
   * a free port of 127.0.0.1, a number on that port: any client connects.
   */
  readonly sockets?: boolean | number
  /** Where data is: in memory (default), in a temporary directory that is removed at the end, or in a directory. */
  readonly storage?: 'memory' | 'temporary' | (string & {})
  /** The broker's clock goes on by itself ('real', the default) or stands still but for `advance` ('manual'). */
  readonly clock?: 'real' | 'manual'
  /** A world in place of all the above, such as `simulatedWorld(seed)`. */
  readonly world?: World
  /** What the broker and the clients made with `samsa` log, and how much; by default errors, on the standard error output. */
  readonly log?: 'silent' | 'error' | 'warn' | 'info' | 'debug' | Logger
}

/** What differs from Kafka's defaults, so that a test does not wait: as many partitions as one broker needs, and no delay. */
const quick: Readonly<Record<string, string>> = {
  'node.id': '1',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.num.partitions': '1',
}

/** The broker's configuration as texts. Throws `KafkaError` INVALID_CONFIG for each entry that is wrong. */
export function configTexts(
  given: SamsaOptions['config'],
  place: { listeners: string; directory: string },
): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries<ConfigValue>(given ?? {})) {
    if (value !== undefined && value !== null)
      texts[key] = Array.isArray(value) ? value.join(',') : String(value)
  }
  const all = { ...quick, listeners: place.listeners, 'log.dirs': place.directory, ...texts }
  if (Object.keys(texts).length === 0) return all
  const { values, problems } = parseConfig(brokerConfig, all)
  const wrong = problems.length > 0 ? problems : checkBrokerConfig(values)
  if (wrong.length > 0) throw new KafkaError('INVALID_CONFIG', wrong.map(({ message }) => message).join(' '))
  return all
}

export function loggerOf(log: SamsaOptions['log'] = 'error'): Logger {
  if (typeof log === 'object') return log
  if (log === 'silent') return silentLogger
  return createLogger({ level: log, write: line => process.stderr.write(line) })
}
