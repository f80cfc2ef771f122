import { Consumer, type ConsumerEntries } from '@samsa/client'
import { type Preparation, type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'

/** A group without members that committed an offset in each of some partitions of a topic. */
function groupAt(groupId: string, topic: string, offsets: readonly number[]): Preparation {
  return async ({ admin }) => {
    await admin.alterGroupOffsets(
      groupId,
      offsets.map((offset, partition) => ({ topic, partition, offset })),
    )
    return {}
  }
}

const open: Consumer<string, string>[] = []

/** A member that stays in a group until `everyoneLeaves`. */
function memberOf(groupId: string, topic: string, entries: ConsumerEntries = {}): Preparation {
  return async ({ bootstrap }) => {
    const consumer = new Consumer<string, string>({
      'bootstrap.servers': bootstrap,
      'group.id': groupId,
      'auto.offset.reset': 'earliest',
      'enable.auto.commit': false,
      'client.id': 'reader',
      ...entries,
    })
    open.push(consumer)
    consumer.subscribe([topic])
    for await (const record of consumer) {
      await consumer.commit([{ topic, partition: record.partition, offset: record.offset + 1 }])
      break
    }
    return {}
  }
}

const everyoneLeaves: Preparation = async () => {
  await Promise.all(open.splice(0).map(consumer => consumer.close()))
  return {}
}

/** Groups outlive topics, and the next run is to find none. */
const noGroups: Preparation = async ({ admin }) => {
  await everyoneLeaves({ admin } as never)
  const groups = await admin.listGroups()
  for (const { groupId } of groups) await admin.removeGroupMembers(groupId).results()
  if (groups.length > 0) await admin.deleteGroups(groups.map(({ groupId }) => groupId)).results()
  return {}
}

const reset = `kafka-consumer-groups ${at} --reset-offsets`

export const consumerGroups: Script = {
  name: 'consumer-groups',
  files: {
    'plan.csv': 'orders,0,2\norders,1,4\n',
    'groups.csv': 'billing,orders,0,1\nother,orders,0,2\n',
    'wrong.csv': 'orders,zero\n',
  },
  normalise: text =>
    text
      .replaceAll(/\b(reader|one)-[\da-f-]{36}/g, '$1-<uuid>')
      .replaceAll(/\/?(127\.0\.0\.1)\b(?!:)/g, '$1'),
  steps: [
    noGroups,
    topicWithRecords('orders', 2, 5),
    topicWithRecords('a-topic-with-quite-a-long-name', 1, 3),
    { line: `kafka-consumer-groups ${at} --list` },
    groupAt('billing', 'orders', [1, 5]),
    groupAt('a-group-with-a-long-name', 'a-topic-with-quite-a-long-name', [3]),
    { line: `kafka-consumer-groups ${at} --list`, isUnordered: true },
    { line: `kafka-consumer-groups ${at} --list --state`, isUnordered: true },
    { line: `kafka-consumer-groups ${at} --list --type`, isUnordered: true },
    { line: `kafka-consumer-groups ${at} --list --state --type`, isUnordered: true },
    { line: `kafka-consumer-groups ${at} --list --state empty,Stable`, isUnordered: true },
    { line: `kafka-consumer-groups ${at} --list --state stable` },
    { line: `kafka-consumer-groups ${at} --list --type classic`, isUnordered: true },
    { line: `kafka-consumer-groups ${at} --list --type Consumer` },
    `kafka-consumer-groups ${at} --list --state odd`,
    `kafka-consumer-groups ${at} --list --type share`,
    `kafka-consumer-groups ${at} --describe --group billing`,
    `kafka-consumer-groups ${at} --describe --group billing --offsets --verbose`,
    `kafka-consumer-groups ${at} --describe --group billing --members`,
    `kafka-consumer-groups ${at} --describe --group billing --members --verbose`,
    `kafka-consumer-groups ${at} --describe --group billing --state`,
    `kafka-consumer-groups ${at} --describe --group billing --state --verbose`,
    `kafka-consumer-groups ${at} --describe --group billing --group a-group-with-a-long-name`,
    `kafka-consumer-groups ${at} --describe --all-groups`,
    `kafka-consumer-groups ${at} --describe --all-groups --state`,
    `kafka-consumer-groups ${at} --describe --group nobody`,
    `kafka-consumer-groups ${at} --describe --group nobody --state`,
    memberOf('billing', 'orders'),
    `kafka-consumer-groups ${at} --describe --group billing`,
    `kafka-consumer-groups ${at} --describe --group billing --verbose`,
    `kafka-consumer-groups ${at} --describe --group billing --members`,
    `kafka-consumer-groups ${at} --describe --group billing --members --verbose`,
    `kafka-consumer-groups ${at} --describe --group billing --state`,
    { line: `kafka-consumer-groups ${at} --list --state`, isUnordered: true },
    `${reset} --group billing --topic orders --to-earliest --execute`,
    `kafka-consumer-groups ${at} --delete --group billing`,
    `kafka-consumer-groups ${at} --delete-offsets --group billing --topic orders`,
    everyoneLeaves,
    memberOf('static', 'orders', { 'group.instance.id': 'one' }),
    `kafka-consumer-groups ${at} --describe --group static --members`,
    `kafka-consumer-groups ${at} --describe --group static --members --verbose`,
    noGroups,
    groupAt('billing', 'orders', [1, 5]),
    { line: `${reset} --group billing --topic orders --to-earliest`, isUnordered: true },
    { line: `${reset} --group billing --topic orders --to-earliest --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --topic orders --to-latest --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --all-topics --to-current --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --topic orders:0 --to-offset 3 --dry-run` },
    { line: `${reset} --group billing --topic orders:0,1 --to-offset 3 --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --topic orders --to-offset 99 --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --topic orders --to-offset -9 --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --topic orders --shift-by -1 --dry-run`, isUnordered: true },
    { line: `${reset} --group billing --topic orders --shift-by 2 --dry-run`, isUnordered: true },
    `${reset} --group billing --topic a-topic-with-quite-a-long-name --shift-by 2 --dry-run`,
    {
      line: `${reset} --group billing --topic orders --to-datetime 2023-11-14T22:13:20.002 --dry-run`,
      isUnordered: true,
    },
    {
      line: `${reset} --group billing --topic orders --to-datetime 2023-11-14T23:13:20.003+01:00 --dry-run`,
      isUnordered: true,
    },
    `${reset} --group billing --topic orders:0 --to-datetime 2099-01-01T00:00:00.000 --dry-run`,
    `${reset} --group billing --topic orders:0 --to-datetime 2023-11-14 --dry-run`,
    `${reset} --group billing --topic orders:0 --to-datetime 2023-11-14T22:13:20 --dry-run`,
    `${reset} --group billing --topic orders:0 --by-duration P10000D --dry-run`,
    `${reset} --group billing --topic orders:0 --by-duration PT1S --dry-run`,
    `${reset} --group billing --topic orders:0 --by-duration soon --dry-run`,
    { line: `${reset} --group billing --from-file {files}/plan.csv --dry-run`, isUnordered: true },
    `${reset} --group billing --from-file {files}/groups.csv --dry-run`,
    `${reset} --group nobody --from-file {files}/groups.csv --dry-run`,
    `${reset} --group billing --from-file {files}/wrong.csv --dry-run`,
    `${reset} --group billing --from-file {files}/missing.csv --dry-run`,
    { line: `${reset} --group billing --topic orders --to-earliest --export --dry-run`, isUnordered: true },
    {
      line: `${reset} --group billing --group other --topic orders --to-earliest --export --dry-run`,
      isUnordered: true,
    },
    `${reset} --group billing --topic a-topic-with-quite-a-long-name --to-latest --export --dry-run`,
    {
      line: `${reset} --group billing --group other --topic orders --to-latest --dry-run`,
      isUnordered: true,
    },
    { line: `${reset} --all-groups --topic orders --to-latest --dry-run`, isUnordered: true },
    { line: `${reset} --group fresh --topic orders --to-latest --execute`, isUnordered: true },
    `kafka-consumer-groups ${at} --describe --group fresh`,
    { line: `${reset} --group billing --all-topics --shift-by 1 --execute`, isUnordered: true },
    `kafka-consumer-groups ${at} --describe --group billing`,
    `${reset} --group billing --topic nothing --to-latest --dry-run`,
    `${reset} --group billing --topic orders:7 --to-latest --dry-run`,
    `${reset} --group billing --topic orders:x --to-latest --dry-run`,
    `${reset} --group billing --topic a:b:c --to-latest --dry-run`,
    `${reset} --group billing --to-latest --dry-run`,
    `${reset} --group billing --topic orders --dry-run`,
    `${reset} --group billing --topic orders --to-latest --to-earliest --dry-run`,
    `${reset} --group billing --topic orders --to-latest --dry-run --execute`,
    `${reset} --topic orders --to-latest --dry-run`,
    `kafka-consumer-groups ${at} --delete-offsets --group billing --topic orders:1`,
    { line: `kafka-consumer-groups ${at} --delete-offsets --group billing --topic orders` },
    `kafka-consumer-groups ${at} --delete-offsets --group billing --topic nothing`,
    `kafka-consumer-groups ${at} --delete-offsets --group nobody --topic orders:0`,
    `kafka-consumer-groups ${at} --delete-offsets --group billing`,
    groupAt('billing', 'orders', [1]),
    `kafka-consumer-groups ${at} --delete --group fresh`,
    `kafka-consumer-groups ${at} --delete --group nobody`,
    { line: `kafka-consumer-groups ${at} --delete --group billing --group nobody` },
    `kafka-consumer-groups ${at} --delete --group billing --topic orders`,
    `kafka-consumer-groups ${at} --delete`,
    `kafka-consumer-groups --validate-regex 'orders-.*'`,
    `kafka-consumer-groups --validate-regex 'orders-('`,
    `kafka-consumer-groups --validate-regex 'orders-[z-a]'`,
    'kafka-consumer-groups',
    'kafka-consumer-groups --help',
    'kafka-consumer-groups --version',
    `kafka-consumer-groups ${at}`,
    `kafka-consumer-groups ${at} --list --describe --group billing`,
    `kafka-consumer-groups ${at} --list --delete --all-groups`,
    `kafka-consumer-groups ${at} --describe`,
    `kafka-consumer-groups ${at} --describe --group a --all-groups`,
    `kafka-consumer-groups ${at} --describe --group a --members --offsets`,
    `kafka-consumer-groups ${at} --describe --group a --state stable`,
    `kafka-consumer-groups ${at} --describe --group a --topic orders`,
    `kafka-consumer-groups ${at} --list --members`,
    `kafka-consumer-groups ${at} --list --group a`,
    `kafka-consumer-groups ${at} --describe --group a --type classic`,
    `kafka-consumer-groups ${at} --delete --group a --state`,
    `kafka-consumer-groups ${at} --lits`,
    `kafka-consumer-groups ${at} --describe --group`,
    `kafka-consumer-groups ${at} --list --timeout soon`,
    `kafka-consumer-groups ${at} --list --command-config missing.properties`,
    noGroups,
  ],
}
