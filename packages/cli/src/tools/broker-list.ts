import { exitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'

/**
 * `broker-list.sh`, a script of the wurstmeister image: prints what to give to --bootstrap-server. It asked Docker; this
 * asks the cluster, at SAMSA_BOOTSTRAP_SERVER or port 9092 of this machine.
 */
export const brokerList = kafkaTool({
  name: 'broker-list',
  about: 'Print the addresses of all brokers, separated by commas, as --bootstrap-server takes them.',
  style: 'plain',
  options: connectionOptions,
  runsBare: true,
  examples: [['kafka-topics --list --bootstrap-server `broker-list.sh`', 'Asks whichever broker answers.']],
  async run(given, io) {
    await using admin = await openAdmin(connectionOf(given), io)
    const { brokers } = await admin.describeCluster()
    const addresses = [...brokers].sort((a, b) => a.id - b.id).map(({ host, port }) => `${host}:${port}`)
    io.print(`${addresses.join(',')}\n`)
    return exitCodes.ok
  },
})
