import { randomUUID } from 'node:crypto'
import { silentLogger } from '@samsa/base'
import { Cluster, clientConfig, readConfig, throwIfError } from '@samsa/client'
import { StreamsGroupHeartbeat } from '@samsa/protocol'
import { type Preparation, type Script, topicWithRecords } from './script.ts'

const at = '--bootstrap-server {server}'
const groups = `kafka-streams-groups ${at}`
const reset = `${groups} --reset-offsets --group counts`

/** Says to the coordinator that a member is there, in the shortest form that it takes. */
async function beat(cluster: Cluster, memberId: string, memberEpoch: number, partitions?: readonly number[]) {
  const isJoining = memberEpoch === 0
  const tasks = partitions === undefined ? [] : [{ subtopologyId: '0', partitions }]
  const topic = { name: 'counts-store-changelog', partitions: 0, replicationFactor: 1, topicConfigs: [] }
  const subtopology = {
    subtopologyId: '0',
    sourceTopics: ['orders'],
    sourceTopicRegex: [],
    stateChangelogTopics: [topic],
    repartitionSinkTopics: [],
    repartitionSourceTopics: [],
    copartitionGroups: [],
  }
  const request = {
    groupId: 'counts',
    memberId,
    memberEpoch,
    endpointInformationEpoch: -1,
    rebalanceTimeoutMs: isJoining ? 60_000 : -1,
    topology: isJoining ? { epoch: 0, subtopologies: [subtopology] } : null,
    activeTasks: memberEpoch < 0 ? null : tasks,
    standbyTasks: memberEpoch < 0 ? null : [],
    warmupTasks: memberEpoch < 0 ? null : [],
    processId: isJoining ? 'process' : null,
    clientTags: isJoining ? [] : null,
  }
  return cluster.retry('StreamsGroupHeartbeat', cluster.clock.monotonicMs() + 20_000, async () => {
    cluster.forgetCoordinator('group', 'counts')
    const node = await cluster.coordinatorOf('group', 'counts')
    const answer = await cluster.send(StreamsGroupHeartbeat, node, request as never)
    throwIfError(answer.errorCode, answer.errorMessage)
    return answer
  })
}

let cluster: Cluster | undefined
let memberId = ''

/** A member that has its tasks; it stays until `everyoneLeaves`. */
const member: Preparation = async ({ bootstrap }) => {
  const config = readConfig(clientConfig, { 'bootstrap.servers': bootstrap, 'client.id': 'counter' })
  cluster = new Cluster(config, { logger: silentLogger })
  memberId = randomUUID()
  let answer = await beat(cluster, memberId, 0)
  for (let left = 50; left > 0 && (answer.activeTasks ?? []).length === 0; left--) {
    await new Promise(done => setTimeout(done, 200))
    answer = await beat(cluster, memberId, answer.memberEpoch)
  }
  await beat(cluster, memberId, answer.memberEpoch, [0, 1])
  return {}
}

const everyoneLeaves: Preparation = async () => {
  if (cluster === undefined) return {}
  await beat(cluster, memberId, -1)
  await cluster.close()
  cluster = undefined
  return {}
}

const commits: Preparation = async ({ admin }) => {
  const offsets = [1, 5].map((offset, partition) => ({ topic: 'orders', partition, offset }))
  await admin.alterGroupOffsets('counts', offsets)
  return {}
}

const noGroups: Preparation = async ({ admin }) => {
  const groupIds = (await admin.listGroups()).map(({ groupId }) => groupId)
  if (groupIds.length > 0) await admin.deleteGroups(groupIds).results()
  return {}
}

export const streamsGroups: Script = {
  name: 'streams-groups',
  only: { subject: 'kafka', because: 'Samsa does not serve streams groups yet' },
  files: { 'plan.csv': 'orders,0,2\n' },
  normalise: text => text.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, '<member>'),
  steps: [
    noGroups,
    topicWithRecords('orders', 2, 5),
    topicWithRecords('counts-store-changelog', 2, 1),
    `${groups} --list`,
    member,
    `${groups} --list`,
    `${groups} --list --state`,
    `${groups} --list --state stable,NotReady`,
    `${groups} --list --state empty`,
    `${groups} --list --state odd`,
    { line: `${groups} --describe --group counts`, isUnordered: true },
    { line: `${groups} --describe --group counts --verbose`, isUnordered: true },
    `${groups} --describe --group counts --members`,
    `${groups} --describe --group counts --members --verbose`,
    `${groups} --describe --all-groups --state`,
    `${groups} --describe --group counts --state --verbose`,
    `${groups} --delete --group counts`,
    { line: `${reset} --input-topic orders --to-latest --execute` },
    everyoneLeaves,
    commits,
    `${groups} --describe --group counts`,
    `${groups} --describe --group counts --members`,
    `${groups} --describe --group counts --state`,
    `${groups} --describe --group nobody`,
    { line: `${reset} --input-topic orders --to-earliest --dry-run`, isUnordered: true },
    { line: `${reset} --all-input-topics --to-latest --dry-run`, isUnordered: true },
    { line: `${reset} --all-input-topics --to-current --dry-run`, isUnordered: true },
    { line: `${reset} --all-input-topics --shift-by 1 --dry-run`, isUnordered: true },
    `${reset} --input-topic orders:0 --to-offset 3 --dry-run`,
    `${reset} --input-topic orders:0 --by-duration P10000D --dry-run`,
    `${reset} --input-topic orders:0 --to-datetime 2023-11-14T22:13:20.002 --dry-run`,
    `${reset} --input-topic counts-store-changelog:0 --to-latest --dry-run`,
    `${reset} --from-file {files}/plan.csv --dry-run`,
    { line: `${reset} --all-input-topics --to-latest --export --dry-run`, isUnordered: true },
    `${reset} --input-topic orders:0 --to-offset 3 --execute --delete-internal-topic nothing`,
    `${reset} --input-topic orders --dry-run`,
    `${reset} --to-latest --dry-run`,
    `${reset} --input-topic orders --to-latest`,
    `${reset} --input-topic orders --to-latest --dry-run --execute`,
    `${reset} --input-topic orders --to-latest --to-earliest --dry-run`,
    `${reset} --input-topic orders --to-latest --dry-run --delete-all-internal-topics`,
    `${groups} --delete-offsets --group counts --input-topic orders:1`,
    `${groups} --delete-offsets --group counts --all-input-topics`,
    `${groups} --delete-offsets --group counts --input-topic nothing`,
    `${groups} --delete-offsets --group counts`,
    `${groups} --delete --group nobody`,
    `${groups} --delete --group counts --delete-all-internal-topics`,
    `${groups} --delete`,
    `${groups} --delete --group a --input-topic b`,
    `${groups} --delete --group a --execute`,
    `${groups} --list --delete-all-internal-topics`,
    `${groups} --describe`,
    `${groups} --describe --group a --members --offsets`,
    `${groups} --describe --group a --state stable`,
    `${groups} --list --members`,
    `${groups} --list --group a`,
    `${groups} --list --describe --all-groups`,
    groups,
    'kafka-streams-groups',
    'kafka-streams-groups --help',
    `${groups} --lits`,
    noGroups,
  ],
}
