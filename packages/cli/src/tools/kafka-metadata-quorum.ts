import type { Admin, QuorumDescription, QuorumReplica, VoterEndpoint } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { type KafkaTool, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { checkOneKindOfServer, connectionOf, controllerOption, serverOptions } from './connection-options.ts'
import { controllerToAdd } from './controller-properties.ts'
import { uuidOf } from './uuid.ts'

const options = { ...serverOptions, ...controllerOption }
const dryRun = flag({ about: 'Only say what would be done.' })

const verbs: KafkaTool['verbs'] = {
  describe: {
    about: 'Show the quorum of controllers that holds the metadata.',
    options: {
      status: flag({ about: 'Who leads, and how far the others are.' }),
      replication: flag({ about: 'How far each controller and broker is.' }),
      'human-readable': flag({ about: 'With --replication: times as how long ago.' }),
    },
  },
  'add-controller': {
    about: 'Let a controller vote; --command-config is its configuration, read where it runs.',
    options: { 'dry-run': dryRun },
  },
  'remove-controller': {
    about: 'Let a controller vote no more.',
    options: {
      'controller-id': integer({ argument: 'id', about: 'Its node id.', short: 'i', isRequired: true }),
      'controller-directory-id': text({
        argument: 'id',
        about: 'The id of its metadata directory.',
        short: 'd',
        isRequired: true,
      }),
      'dry-run': dryRun,
    },
  },
}

type Options = OptionsOf<typeof options> & {
  readonly status?: boolean
  readonly replication?: boolean
  readonly 'human-readable'?: boolean
  readonly 'dry-run'?: boolean
  readonly 'controller-id'?: number
  readonly 'controller-directory-id'?: string
}

/** `kafka-metadata-quorum`: the controllers that hold the cluster's metadata (KIP-595, KIP-853). */
export const kafkaMetadataQuorum = kafkaTool({
  name: 'kafka-metadata-quorum',
  about: 'Show and change the quorum of controllers that holds the metadata.',
  style: 'verbs',
  verbs,
  options,
  failureHasJavaName: true,
  examples: [
    ['kafka-metadata-quorum --bootstrap-server localhost:9092 describe --status', 'Who leads.'],
    ['kafka-metadata-quorum --bootstrap-server localhost:9092 describe --replication', 'All replicas.'],
  ],
  async run(given: Options, io, verb) {
    checkOneKindOfServer(given, options)
    if (verb === 'describe') checkDescribe(given)
    const isServersFile = verb === 'add-controller'
    await using admin = await openAdmin({ ...connectionOf(given), isServersFile }, io)
    if (verb === 'add-controller') await addController(admin, given, io)
    else if (verb === 'remove-controller') await removeController(admin, given, io)
    else if (given.status === true) await printStatus(admin, io)
    else await printReplication(admin, given['human-readable'] === true, io)
    return exitCodes.ok
  },
})

function checkDescribe({ status, replication, 'human-readable': isReadable }: Options): void {
  if (status === true && replication === true)
    throw new FailedError(
      'Only one of --status or --replication should be specified with describe sub-command',
    )
  if (status !== true && replication !== true)
    throw new FailedError('One of --status or --replication must be specified with describe sub-command')
  if (status === true && isReadable === true)
    throw new FailedError('The option --human-readable is only supported along with --replication')
}

async function printStatus(admin: Admin, io: Io): Promise<void> {
  const { clusterId } = await admin.describeCluster()
  const quorum = await admin.describeMetadataQuorum()
  const leader = leaderOf(quorum)
  const last = quorum.voters.reduce((a, b) => (b.logEndOffset < a.logEndOffset ? b : a))
  const rows = [
    ['ClusterId', clusterId ?? 'null'],
    ['LeaderId', quorum.leaderId],
    ['LeaderEpoch', quorum.leaderEpoch],
    ['HighWatermark', quorum.highWatermark],
    ['MaxFollowerLag', leader.logEndOffset - last.logEndOffset],
    ['MaxFollowerLagTimeMs', lagMs(leader, last)],
    ['CurrentVoters', replicasText(quorum.voters, quorum)],
    ['CurrentObservers', replicasText(quorum.observers, quorum)],
  ] as const
  for (const [name, value] of rows) io.print(`${`${name}:`.padEnd(24)}${value}\n`)
}

function lagMs(leader: QuorumReplica, last: QuorumReplica): number {
  if (leader === last) return 0
  if (leader.lastCaughtUpTimestamp === undefined || last.lastCaughtUpTimestamp === undefined) return -1
  return leader.lastCaughtUpTimestamp - last.lastCaughtUpTimestamp
}

function leaderOf({ voters, leaderId }: QuorumDescription): QuorumReplica {
  const leader = voters.find(({ id }) => id === leaderId)
  if (leader === undefined) throw new FailedError('The quorum has no leader now.')
  return leader
}

function replicasText(replicas: readonly QuorumReplica[], { nodes }: QuorumDescription): string {
  const texts = replicas.map(({ id, directoryId }) => {
    const endpoints = (nodes.get(id) ?? []).map(one => `"${endpointText(one)}"`)
    const fields = [
      `"id": ${id}`,
      ...(directoryId === undefined ? [] : [`"directoryId": "${directoryId}"`]),
      ...(endpoints.length === 0 ? [] : [`"endpoints": [${endpoints.join(', ')}]`]),
    ]
    return `{${fields.join(', ')}}`
  })
  return `[${texts.join(', ')}]`
}

function endpointText({ name, host, port }: VoterEndpoint): string {
  return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function printReplication(admin: Admin, isReadable: boolean, io: Io): Promise<void> {
  const quorum = await admin.describeMetadataQuorum()
  const leader = leaderOf(quorum)
  const row = (status: string) => (replica: QuorumReplica) => [
    `${replica.id}`,
    replica.directoryId ?? 'AAAAAAAAAAAAAAAAAAAAAA',
    `${replica.logEndOffset}`,
    `${leader.logEndOffset - replica.logEndOffset}`,
    timeText(replica.lastFetchTimestamp, 'last fetch', isReadable),
    timeText(replica.lastCaughtUpTimestamp, 'last caught up', isReadable),
    status,
  ]
  const followers = quorum.voters.filter(one => one !== leader)
  const rows = [
    ['NodeId', 'DirectoryId', 'LogEndOffset', 'Lag', 'LastFetchTimestamp', 'LastCaughtUpTimestamp', 'Status'],
    row('Leader')(leader),
    ...followers.map(row('Follower')),
    ...quorum.observers.map(row('Observer')),
  ]
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map(cells => cells[at]!.length)))
  for (const cells of rows) io.print(`${cells.map((cell, at) => `${cell.padEnd(widths[at]!)}\t`).join('')}\n`)
}

function timeText(timestamp: number | undefined, what: string, isReadable: boolean): string {
  if (timestamp === undefined) return '-1'
  if (!isReadable) return `${timestamp}`
  const now = Date.now()
  if (timestamp > 0 && timestamp <= now) return `${now - timestamp} ms ago`
  throw new FailedError(
    `Error while computing relative time, possible drift in system clock.\nCurrent timestamp is ${now}, ${what} timestamp is ${timestamp}`,
  )
}

async function addController(admin: Admin, given: Options, io: Io): Promise<void> {
  const path = given['command-config']
  if (path === undefined) {
    throw new FailedError(
      'You must supply the configuration file of the controller you are adding when using add-controller.',
    )
  }
  const voter = controllerToAdd(path, io)
  const isDry = given['dry-run'] === true
  if (!isDry) await admin.addRaftVoter(voter)
  const endpoints = voter.endpoints.map(endpointText).join(', ')
  io.print(
    `${isDry ? 'DRY RUN of adding' : 'Added'} controller ${voter.id} with directory id ${voter.directoryId} and endpoints: ${endpoints}\n`,
  )
}

async function removeController(admin: Admin, given: Options, io: Io): Promise<void> {
  const id = given['controller-id']!
  if (id < 0) throw new FailedError(`Invalid negative --controller-id: ${id}`)
  const directoryId = uuidOf(given['controller-directory-id']!, 'Failed to parse --controller-directory-id: ')
  const isDry = given['dry-run'] === true
  if (!isDry) await admin.removeRaftVoter({ id, directoryId })
  io.print(
    `${isDry ? 'DRY RUN of removing ' : 'Removed '} KRaft controller ${id} with directory id ${directoryId}\n`,
  )
}
