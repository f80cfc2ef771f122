import { command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa groups delete`. */
export const groupsDelete = command({
  name: 'groups delete',
  about: 'Delete groups without members, with their offsets.',
  words: [{ name: 'group', about: 'Names of the groups.', isRequired: true, isVariadic: true }],
  options: {
    ...accessOptions,
    'if-exists': flag({ about: 'A group that does not exist is fine.' }),
    json: flag({ about: 'One JSON object a line for each group.' }),
  },
  examples: [['samsa groups delete billing', 'One group.']],
  async run(given, io, groupIds) {
    await using admin = await openAdmin(connectionOf(given), io)
    let exitCode: number = exitCodes.ok
    for (const { item: group, error } of await admin.deleteGroups(groupIds).results()) {
      const isGone = error === undefined || (given['if-exists'] && error.code === 'GROUP_ID_NOT_FOUND')
      if (!isGone) exitCode = exitCodes.failed
      if (given.json)
        io.print(
          jsonLine({
            group,
            done: isGone,
            error: isGone ? undefined : error?.code,
            message: isGone ? undefined : error?.message,
          }),
        )
      else if (error === undefined) io.print(`Deleted group ${group}.\n`)
      else if (!isGone) io.printError(`samsa: ${group}: ${error.message}\n`)
    }
    return exitCode
  },
})
