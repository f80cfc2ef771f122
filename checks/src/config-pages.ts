import { type ConfigRow, type ConfigTable, LONG_MAX, allowedText, formatValue } from '@samsa/base'
import { type ConfigArea, brokerConfigAreas, deliberateDifferences, dynamicBrokerConfig } from '@samsa/broker'
import { adminConfig, clientConfig, consumerConfig, producerConfig, shareConsumerConfig } from '@samsa/client'
import { topicConfig } from '@samsa/log'

/** `docs/reference/broker-config.md`, read off the broker's table. */
export function brokerConfigPage(): string {
  const areas: ConfigArea[] = [
    ...brokerConfigAreas,
    { title: 'Set at run time only', rows: dynamicBrokerConfig },
  ]
  return `# Configuration of a broker

Every key of Apache Kafka 4.3, under its name, and a few of Samsa's own. Set them in a properties file
(\`samsa start server.properties\`), in variables (\`KAFKA_LOG_RETENTION_MS\`, \`KAFKA_CFG_LOG_RETENTION_MS\` or
\`SAMSA_LOG_RETENTION_MS\` for \`log.retention.ms\`), or with \`--override log.retention.ms=3600000\`; the last of these wins.
Keys that change without a restart are set with \`kafka-configs --alter --entity-type brokers\` too.

${areas.map(areaText).join('\n')}
${differencesText(deliberateDifferences.broker)}`
}

/** `docs/reference/topic-config.md`, read off the table of topic keys. */
export function topicConfigPage(): string {
  return `# Configuration of a topic

What can be set for one topic, when it is made or later (\`kafka-configs --alter --entity-type topics\`); a change takes
effect at once. A topic that does not set a key takes the value of the broker key named with it, which is found in
[broker-config.md](broker-config.md).

${rowsText(topicConfig)}
${differencesText(deliberateDifferences.topic)}`
}

/** `docs/reference/client-config.md`, read off the clients' tables. */
export function clientConfigPage(): string {
  return `# Configuration of clients

The keys of \`Producer\`, \`Consumer\`, \`ShareConsumer\` and \`Admin\`: Apache Kafka 4.3's, with its defaults. Give them as
texts, numbers, booleans or lists: \`new Producer({ 'bootstrap.servers': '127.0.0.1:9092', 'linger.ms': 5 })\`. What is
not text (serializers, loggers, callbacks) is in the second argument, see [the guide](../guides/client.md).

## All clients

${rowsText(clientConfig)}
${clients.map(({ title, table, base }) => `## ${title}\n\n${rowsText(changed(table, base))}`).join('\n')}`
}

/** Each client with the table its keys are told against: what is the same there is not told again. */
const clients = [
  { title: 'Producer', table: producerConfig, base: clientConfig },
  { title: 'Consumer', table: consumerConfig, base: clientConfig },
  { title: 'ShareConsumer: what differs from Consumer', table: shareConsumerConfig, base: consumerConfig },
  { title: 'Admin', table: adminConfig, base: clientConfig },
]

/** The rows that another table lacks, or has with another default or meaning. */
function changed(table: ConfigTable, base: ConfigTable): ConfigTable {
  const text = (row: ConfigRow | undefined) => row && `${formatValue(row, row.default)} ${row.doc}`
  return Object.fromEntries(Object.entries(table).filter(([key, row]) => text(row) !== text(base[key])))
}

function areaText({ title, rows, isNotServedYet }: ConfigArea): string {
  const note = isNotServedYet ? 'Accepted and checked; this version does not serve it yet.\n\n' : ''
  return `## ${title}\n\n${note}${rowsText(rows)}`
}

function rowsText(rows: ConfigTable): string {
  return Object.entries(rows)
    .filter(([, row]) => !row.internal)
    .map(([key, row]) => `### \`${key}\`\n\n${row.doc.replaceAll('<', '\\<')}\n\n${factsText(row)}\n`)
    .join('\n')
}

function factsText(row: ConfigRow): string {
  const facts = [
    `Default: ${defaultText(row)}`,
    `allowed: ${allowedText(row).replaceAll('*', '\\*')}`,
    ...(row.broker === undefined
      ? []
      : [`broker key: ${row.broker.map(({ key }) => `\`${key}\``).join(', then ')}`]),
    ...(row.live === 'cluster-wide' ? ['changes without a restart'] : []),
    ...(row.live === 'per-broker' ? ['changes without a restart, for each broker on its own'] : []),
    ...(row.unused === true ? ['accepted, without effect in Samsa'] : []),
  ]
  return `*${facts.join(' · ')}*`
}

function defaultText(row: ConfigRow): string {
  const text = formatValue(row, row.default)
  if (text === null) return 'not set'
  if (text === '') return 'empty'
  const meaning = typeof row.default === 'number' ? numberText(row, row.default) : undefined
  return `\`${text}\`${meaning === undefined ? '' : ` (${meaning})`}`
}

const scales = {
  time: [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ],
  bytes: [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ],
} as const

/** A number in the largest unit that leaves no fraction: 604800000 is 7 days. */
function numberText(row: ConfigRow, value: number): string | undefined {
  if (value >= LONG_MAX) return 'no limit'
  if (row.unit !== 'ms' && row.unit !== 'bytes') return undefined
  const scale = row.unit === 'ms' ? scales.time : scales.bytes
  const unit = scale.find(([, size]) => value >= size && value % size === 0)
  if (unit === undefined) return undefined
  const count = value / unit[1]
  return `${count} ${unit[0]}${row.unit === 'ms' && count !== 1 ? 's' : ''}`
}

function differencesText(differences: Readonly<Record<string, string>>): string {
  const lines = Object.entries(differences).map(([what, reason]) => {
    const [key, ...fact] = what.split(' ')
    return `- \`${key}\`${fact.length === 0 ? '' : ` (${fact.join(' ')})`}: ${reason}`
  })
  return `## Where this differs from Apache Kafka\n\n${lines.join('\n')}\n`
}
