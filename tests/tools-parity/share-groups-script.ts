import { ShareConsumer } from '@samsa/client'
import { type Preparation, type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'
const groups = `kafka-share-groups ${at}`
const reset = `${groups} --reset-offsets --group workers`

const open: ShareConsumer<string, string>[] = []

/** A member that has taken a record, and stays until `everyoneLeaves`. */
const member: Preparation = async ({ bootstrap, admin }) => {
  const set = { 'share.auto.offset.reset': 'earliest' }
  await admin.incrementalAlterConfigs([{ type: 'GROUP', name: 'workers', set }])
  const entries = { 'bootstrap.servers': bootstrap, 'group.id': 'workers', 'client.id': 'worker' }
  const consumer = new ShareConsumer<string, string>(entries)
  open.push(consumer)
  consumer.subscribe(['orders'])
  for await (const _ of consumer) break
  return {}
}

const everyoneLeaves: Preparation = async () => {
  await Promise.all(open.splice(0).map(consumer => consumer.close()))
  return {}
}

const noGroups: Preparation = async ({ admin }) => {
  const groupIds = (await admin.listGroups()).map(({ groupId }) => groupId)
  if (groupIds.length > 0) await admin.deleteGroups(groupIds).results()
  return {}
}

export const shareGroups: Script = {
  name: 'share-groups',
  only: { subject: 'kafka', because: 'Samsa does not serve share groups yet' },
  normalise: text =>
    text.replaceAll(/[\w-]{22}(?= +\/)/g, '<member>').replaceAll(/\/?(127\.0\.0\.1)\b(?!:)/g, '$1'),
  steps: [
    noGroups,
    topicWithRecords('orders', 2, 5),
    `${groups} --list`,
    member,
    `${groups} --list`,
    `${groups} --list --state`,
    `${groups} --list --state stable,empty`,
    `${groups} --list --state dead`,
    `${groups} --list --state odd`,
    `${groups} --describe --group workers --members`,
    `${groups} --describe --group workers --members --verbose`,
    `${groups} --describe --group workers --state`,
    `${groups} --describe --group workers --state --verbose`,
    `${groups} --delete --group workers`,
    `${reset} --topic orders --to-latest --execute`,
    everyoneLeaves,
    `${groups} --describe --group workers`,
    `${groups} --describe --group workers --offsets --verbose`,
    `${groups} --describe --all-groups`,
    `${groups} --describe --group workers --members`,
    `${groups} --describe --group workers --state`,
    `${groups} --describe --group nobody`,
    { line: `${reset} --topic orders --to-earliest --dry-run`, isUnordered: true },
    { line: `${reset} --topic orders --to-latest --dry-run`, isUnordered: true },
    { line: `${reset} --all-topics --to-latest --dry-run`, isUnordered: true },
    { line: `${reset} --topic orders --to-datetime 2023-11-14T22:13:20.002 --dry-run`, isUnordered: true },
    `${reset} --topic orders:1 --to-earliest --execute`,
    `${reset} --topic orders:7 --to-earliest --execute`,
    `${reset} --topic orders --dry-run`,
    `${reset} --topic orders --to-latest`,
    `${reset} --topic orders --to-latest --to-earliest --dry-run`,
    `${groups} --describe --group workers`,
    `${groups} --delete-offsets --group workers --topic orders`,
    `${groups} --delete-offsets --group workers --topic nothing`,
    `${groups} --delete-offsets --group nobody --topic orders`,
    `${groups} --describe --group workers`,
    `${groups} --delete --group workers`,
    `${groups} --delete --group nobody`,
    `${groups} --delete`,
    `${groups} --delete --group a --all-groups`,
    `${groups} --delete --group a --topic b`,
    `${groups} --describe`,
    `${groups} --describe --group a --members --offsets`,
    `${groups} --list --members`,
    `${groups} --list --group a`,
    `${groups} --list --describe --all-groups`,
    groups,
    'kafka-share-groups',
    'kafka-share-groups --help',
    `${groups} --lits`,
    noGroups,
  ],
}
