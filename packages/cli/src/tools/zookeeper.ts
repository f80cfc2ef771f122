import { type Io, exitCodes } from '../command/command.ts'
import { type KafkaTool, kafkaTool } from '../command/kafka-tool.ts'
import { flag, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'

// Kafka needed ZooKeeper until release 4. Its scripts say what took its place, and succeed where a tutorial goes on.

/** What the scripts took, which means nothing now. */
const formerOptions = {
  daemon: flag({ about: 'Not used.', isHidden: true }),
  name: text({ argument: 'name', about: 'Not used.', isHidden: true }),
  loggc: flag({ about: 'Not used.', isHidden: true }),
  'zookeeper.acl': text({ argument: 'mode', about: 'Not used.', isHidden: true }),
  'zookeeper.connect': text({ argument: 'host', about: 'Not used.', isHidden: true }),
  'enable.path.check': flag({ about: 'Not used.', isHidden: true }),
}

/** `zookeeper-server-start config/zookeeper.properties`: there is nothing to start, so the next step can come. */
export const zookeeperServerStart = withoutZooKeeper(
  'zookeeper-server-start',
  'Nothing to start: Samsa needs no ZooKeeper. Go on with kafka-server-start, or samsa start.',
)

/** `zookeeper-server-stop`. */
export const zookeeperServerStop = withoutZooKeeper(
  'zookeeper-server-stop',
  'Nothing to stop: Samsa needs no ZooKeeper. kafka-server-stop stops the node.',
)

/** `zookeeper-security-migration`: ZooKeeper's nodes got access rights with it. */
export const zookeeperSecurityMigration = withoutZooKeeper(
  'zookeeper-security-migration',
  'Nothing to secure: Samsa keeps its metadata in its own data directory, which only its user need be able to read.',
)

function withoutZooKeeper(name: string, told: string): KafkaTool {
  return kafkaTool({
    name,
    about: told,
    style: 'plain',
    options: formerOptions,
    runsBare: true,
    examples: [],
    async run(_options, io) {
      io.printError(`${told}\n`)
      return exitCodes.ok
    },
  })
}

/** What took the place of looking into a node of ZooKeeper, by the beginning of its path. */
const insteadOfPath: readonly (readonly [path: string, tool: string])[] = [
  ['/brokers/topics', 'kafka-topics --describe'],
  ['/brokers', 'kafka-cluster list-endpoints'],
  ['/controller', 'kafka-metadata-quorum describe --status'],
  ['/cluster', 'kafka-cluster cluster-id'],
  ['/config', 'kafka-configs --describe'],
  ['/consumers', 'kafka-consumer-groups --describe --all-groups'],
  ['/kafka-acl', 'kafka-acls --list'],
  ['/admin/delete_topics', 'kafka-topics --list'],
  ['/admin/reassign_partitions', 'kafka-reassign-partitions --list'],
]

/** `zookeeper-shell HOST:2181 ls /brokers/ids`: the two lists that tutorials look at are asked of the brokers. */
export const zookeeperShell = kafkaTool({
  name: 'zookeeper-shell',
  about: 'There is no ZooKeeper: says which tool tells what was looked up in it.',
  style: 'plain',
  options: formerOptions,
  runsBare: true,
  examples: [['zookeeper-shell localhost:2181 ls /brokers/ids', 'The ids of the brokers.']],
  async run(_options, io, _verb, [zookeeper, verb = '', path = '']) {
    const list = verb === 'ls' ? lists[path.replace(/(?<=.)\/$/, '')] : undefined
    if (list === undefined) {
      const tool = insteadOfPath.find(([start]) => path.startsWith(start))?.[1]
      io.printError(
        `There is no ZooKeeper to ask. ${tool === undefined ? 'Try samsa --help' : `Use ${tool}`}.\n`,
      )
      return exitCodes.failed
    }
    io.print(`[${(await list(zookeeper, io)).join(', ')}]\n`)
    return exitCodes.ok
  },
})

const lists: Readonly<
  Record<string, (zookeeper: string | undefined, io: Io) => Promise<(string | number)[]>>
> = {
  '/brokers/ids': async (zookeeper, io) => {
    await using admin = await openAdmin({ zookeeper }, io)
    const { brokers } = await admin.describeCluster()
    return brokers.map(({ id }) => id).sort((a, b) => a - b)
  },
  '/brokers/topics': async (zookeeper, io) => {
    await using admin = await openAdmin({ zookeeper }, io)
    const topics = await admin.listTopics({ includeInternal: true })
    return topics.map(({ name }) => name).sort()
  },
}
