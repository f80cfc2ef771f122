import { command } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa topics delete`. */
export const topicsDelete = command({
  name: 'topics delete',
  about: 'Delete topics with all their records.',
  words: [{ name: 'topic', about: 'Names of the topics.', isRequired: true, isVariadic: true }],
  options: {
    ...accessOptions,
    'if-exists': flag({ about: 'A topic that does not exist is fine.' }),
    json: flag({ about: 'One JSON object a line for each topic.' }),
  },
  examples: [['samsa topics delete orders payments', 'Two topics.']],
  async run(given, io, names) {
    const { printOutcomes } = await import('../../topics/print-outcomes.ts')
    await using admin = await openAdmin(connectionOf(given), io)
    let meant = names
    if (given['if-exists']) {
      const existing = new Set((await admin.listTopics({ includeInternal: true })).map(({ name }) => name))
      meant = names.filter(name => existing.has(name))
    }
    const results = await admin.deleteTopics(meant).results()
    return printOutcomes(results, io, given.json, name => `Deleted topic ${name}.`)
  },
})
