import { FailedError, command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'
import { kindWord, nameWord } from './target-words.ts'

/** `samsa configs set`. */
export const configsSet = command({
  name: 'configs set',
  about: 'Set keys of a topic, broker, group, user, …',
  words: [
    kindWord,
    nameWord,
    { name: 'key=value', about: 'What to set.', isRequired: true, isVariadic: true },
  ],
  options: { ...accessOptions, json: flag({ about: 'One JSON object that tells what was set.' }) },
  examples: [
    ['samsa configs set topic orders retention.ms=3600000', 'Keep an hour.'],
    ['samsa configs set broker default log.retention.hours=24', 'For all brokers.'],
    ['samsa configs set user alice producer_byte_rate=1048576', 'A quota.'],
  ],
  async run(given, io, [kind, name, ...entries]) {
    const { alterEntities } = await import('../../configs/alter-entities.ts')
    const { targetOf } = await import('../../configs/target.ts')
    const target = await targetOf(kind!, name!)
    const set = Object.fromEntries(entries.map(entryOf))
    await using admin = await openAdmin(connectionOf(given), io)
    await asFailure(alterEntities(admin, target, { set, remove: [] }))
    const told = Object.entries(set).map(([key, value]) => `${key}=${value}`)
    io.print(given.json ? jsonLine({ kind, name, set }) : `Set for ${kind} ${name}: ${told.join(', ')}\n`)
    return exitCodes.ok
  },
})

function entryOf(entry: string): [string, string] {
  const at = entry.indexOf('=')
  if (at <= 0) throw new FailedError(`Give key=value: '${entry}' is not that.`)
  return [entry.slice(0, at).trim(), entry.slice(at + 1).trim()]
}

/** What is wrong with the keys is no reason to show the help. */
export async function asFailure(work: Promise<unknown>): Promise<void> {
  await work.catch((error: Error) => {
    throw error.name === 'ToolUsageError' ? new FailedError(error.message) : error
  })
}
