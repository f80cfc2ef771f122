import { command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import type { ConfigRow } from '../../configs/config-rows.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { type Column, table } from '../../format/table.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'
import { kindWord, nameWord } from './target-words.ts'

/** `samsa configs describe`: what is set for something. */
export const configsDescribe = command({
  name: 'configs describe',
  about: 'Show what is set for a topic, broker, group, user, …, and where it comes from.',
  words: [kindWord, nameWord],
  options: {
    ...accessOptions,
    all: flag({ about: 'Show also what holds without being set.' }),
    about: flag({ about: 'Say what each key is for.' }),
    json: flag({ about: 'One JSON object a line for each key.' }),
  },
  examples: [
    ['samsa configs describe topic orders', 'What is set for the topic.'],
    ['samsa configs describe topic orders --all --about', 'All its keys, with explanations.'],
    ['samsa configs describe broker default', 'What is set for all brokers.'],
    ['samsa configs describe user alice', 'Quotas and credentials.'],
  ],
  async run(given, io, [kind, name]) {
    const { configRows } = await import('../../configs/config-rows.ts')
    const { targetOf } = await import('../../configs/target.ts')
    const target = await targetOf(kind!, name!)
    await using admin = await openAdmin(connectionOf(given), io)
    const rows = await configRows(admin, target, given.all)
    if (given.json) for (const row of rows) io.print(jsonLine({ kind, name, ...row }))
    else if (rows.length === 0) io.print(nothingText(kind!, name!, given.all))
    else io.print(table(given.about ? [...columns, about] : columns, rows, paintFor(io)))
    return exitCodes.ok
  },
})

function nothingText(kind: string, name: string, all: boolean): string {
  return `Nothing is set for ${kind} ${name}.${all ? '' : ' --all shows what holds without.'}\n`
}

const columns: readonly Column<ConfigRow>[] = [
  { heading: 'KEY', text: ({ key }) => key },
  { heading: 'VALUE', text: ({ value, isSensitive }) => (isSensitive ? '(secret)' : `${value ?? '(none)'}`) },
  {
    heading: 'FROM',
    text: ({ source }) => source,
    paint: ({ source }, text, paint) => (source === 'default' ? paint('dim', text) : text),
  },
]

const about: Column<ConfigRow> = {
  heading: 'WHAT IT IS FOR',
  text: row => row.about?.replaceAll(/\s+/g, ' ') ?? '',
}
