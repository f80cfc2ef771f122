import { command } from '../../command/command.ts'
import { flag, integer } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa topics alter`: topics get more partitions. */
export const topicsAlter = command({
  name: 'topics alter',
  about: 'Give topics more partitions. What is set for them changes with: samsa configs set topic.',
  words: [{ name: 'topic', about: 'Names of the topics.', isRequired: true, isVariadic: true }],
  options: {
    ...accessOptions,
    partitions: integer({
      argument: 'count',
      about: 'How many partitions each is to have. There can only be more than before.',
      short: 'p',
      min: 1,
      isRequired: true,
    }),
    json: flag({ about: 'One JSON object a line for each topic.' }),
  },
  examples: [['samsa topics alter orders -p 12', 'Twelve partitions.']],
  async run(given, io, names) {
    const { printOutcomes } = await import('../../topics/print-outcomes.ts')
    const count = given.partitions
    await using admin = await openAdmin(connectionOf(given), io)
    const results = await admin.createPartitions(names.map(topic => ({ topic, count }))).results()
    return printOutcomes(results, io, given.json, name => `Topic ${name} has ${count} partitions now.`)
  },
})
