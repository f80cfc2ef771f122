import type { Preparation, Script } from './script.ts'

const at = '--bootstrap-server {server}'

const groups: Preparation = async ({ admin }) => {
  await admin.createTopic({ name: 'orders' })
  for (const groupId of ['billing', 'a-group-with-quite-a-long-name'])
    await admin.alterGroupOffsets(groupId, [{ topic: 'orders', partition: 0, offset: 0 }])
  return {}
}

const noGroups: Preparation = async ({ admin }) => {
  const groupIds = (await admin.listGroups()).map(({ groupId }) => groupId)
  if (groupIds.length > 0) await admin.deleteGroups(groupIds).results()
  return {}
}

export const allGroups: Script = {
  name: 'groups',
  steps: [
    noGroups,
    `kafka-groups ${at} --list`,
    groups,
    { line: `kafka-groups ${at} --list`, isUnordered: true },
    { line: `kafka-groups ${at} --list --consumer`, isUnordered: true },
    `kafka-groups ${at} --list --share`,
    `kafka-groups ${at} --list --streams`,
    { line: `kafka-groups ${at} --list --group-type Classic`, isUnordered: true },
    `kafka-groups ${at} --list --group-type consumer`,
    `kafka-groups ${at} --list --group-type odd`,
    `kafka-groups ${at} --list --protocol consumer`,
    `kafka-groups ${at} --list --group-type classic --protocol connect`,
    `kafka-groups ${at} --list --consumer --share`,
    `kafka-groups ${at} --list --streams --protocol a`,
    'kafka-groups',
    'kafka-groups --help',
    `kafka-groups ${at}`,
    `kafka-groups ${at} --lits`,
    `kafka-groups ${at} --list --command-config missing.properties`,
    noGroups,
  ],
}
