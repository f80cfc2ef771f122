import { command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'
import { asFailure } from './set.ts'
import { kindWord, nameWord } from './target-words.ts'

/** `samsa configs unset`: the default holds again. */
export const configsUnset = command({
  name: 'configs unset',
  about: 'Give up what is set, so that the default holds again.',
  words: [kindWord, nameWord, { name: 'key', about: 'The keys.', isRequired: true, isVariadic: true }],
  options: { ...accessOptions, json: flag({ about: 'One JSON object that tells what was given up.' }) },
  examples: [['samsa configs unset topic orders retention.ms', 'As long as other topics keep records.']],
  async run(given, io, [kind, name, ...remove]) {
    const { alterEntities } = await import('../../configs/alter-entities.ts')
    const { targetOf } = await import('../../configs/target.ts')
    const target = await targetOf(kind!, name!)
    await using admin = await openAdmin(connectionOf(given), io)
    await asFailure(alterEntities(admin, target, { set: {}, remove }))
    io.print(
      given.json
        ? jsonLine({ kind, name, unset: remove })
        : `No longer set for ${kind} ${name}: ${remove.join(', ')}\n`,
    )
    return exitCodes.ok
  },
})
