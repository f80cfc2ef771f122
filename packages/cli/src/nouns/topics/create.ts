import { FailedError, command } from '../../command/command.ts'
import { flag, integer, text } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { counted } from '../../format/size.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa topics create`. */
export const topicsCreate = command({
  name: 'topics create',
  about: 'Create topics.',
  words: [{ name: 'topic', about: 'Names of the topics.', isRequired: true, isVariadic: true }],
  options: {
    ...accessOptions,
    partitions: integer({
      argument: 'count',
      about: "How many partitions each gets (default: the cluster's).",
      short: 'p',
      min: 1,
    }),
    replicas: integer({
      argument: 'count',
      about: "How many brokers keep each partition (default: the cluster's).",
      short: 'r',
      min: 1,
      max: 32_767,
    }),
    config: text({
      argument: 'key=value',
      about: 'What is set for the topic; may be repeated.',
      short: 'c',
      isRepeatable: true,
    }),
    'if-not-exists': flag({ about: 'A topic that exists is fine as it is.' }),
    json: flag({ about: 'One JSON object a line for each topic.' }),
  },
  examples: [
    ['samsa topics create orders -p 6', 'A topic of six partitions.'],
    ['samsa topics create prices -c cleanup.policy=compact', 'One that keeps the last record of each key.'],
  ],
  async run(given, io, names) {
    const { printOutcomes } = await import('../../topics/print-outcomes.ts')
    const configs = Object.fromEntries(given.config.map(entryOf))
    const { partitions, replicas: replicationFactor } = given
    await using admin = await openAdmin(connectionOf(given), io)
    const existing = given['if-not-exists']
      ? new Set((await admin.listTopics({ includeInternal: true })).map(({ name }) => name))
      : new Set<string>()
    const missing = names.filter(name => !existing.has(name))
    const topics = missing.map(name => ({ name, partitions, replicationFactor, configs }))
    const results = await admin.createTopics(topics).results()
    return printOutcomes(results, io, given.json, (name, made) => {
      const counts = made.partitions === undefined ? '' : ` with ${counted(made.partitions, 'partition')}`
      return `Created topic ${name}${counts}.`
    })
  },
})

function entryOf(entry: string): [string, string] {
  const at = entry.indexOf('=')
  if (at <= 0) throw new FailedError(`--config takes key=value, and '${entry}' is not that.`)
  return [entry.slice(0, at).trim(), entry.slice(at + 1).trim()]
}
