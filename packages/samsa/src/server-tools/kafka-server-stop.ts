import { FailedError, type Io, type KafkaTool, exitCodes, kafkaTool, text } from '@samsa/cli'
import type { Processes } from './processes.ts'
import { type RunningNode, nodeIdOf, runningNodes } from './running-nodes.ts'
import type { ServerParts } from './server-parts.ts'

/** How long an orderly stop may take before the tool no longer waits for it. */
const STOP_TIMEOUT_MS = 60_000

const options = {
  'process-role': text({
    argument: 'role',
    about: 'Stop only nodes of this role; a Samsa node is broker and controller at once.',
  }),
  'node-id': text({ argument: 'id', about: 'Stop only the node with this node.id.' }),
}

/** `kafka-server-stop`: stops the nodes that run on this machine, and waits until they have ended. */
export function kafkaServerStop({ processes }: ServerParts): KafkaTool {
  return kafkaTool({
    name: 'kafka-server-stop',
    about: 'Stop the nodes of Samsa that run on this machine.',
    style: 'plain',
    options,
    runsBare: true,
    examples: [
      ['kafka-server-stop', 'All of them.'],
      ['kafka-server-stop --node-id=1', 'The one with this id.'],
    ],
    failureGoesTo: 'output',
    async run(given, io) {
      const nodes = chosen(runningNodes(processes), given, io)
      if (nodes.length === 0) throw new FailedError('No kafka server to stop')
      return stopAll(nodes, processes, io)
    },
  })
}

function chosen(
  nodes: readonly RunningNode[],
  given: { 'process-role': string | undefined; 'node-id': string | undefined },
  io: Io,
): readonly RunningNode[] {
  const { 'node-id': id, 'process-role': role } = given
  if (id !== undefined && role !== undefined) io.print('--process-role is not used: --node-id says more.\n')
  if (id !== undefined) return nodes.filter(node => nodeIdOf(node, io) === id)
  const isServed =
    role === undefined || role.split(',').every(one => one === 'broker' || one === 'controller')
  return isServed ? nodes : []
}

async function stopAll(nodes: readonly RunningNode[], processes: Processes, io: Io): Promise<number> {
  // As Kafka's script: SIGNAL=KILL ends them at once.
  const signal = `SIG${io.environment.SIGNAL ?? 'TERM'}`
  const outcomes = nodes.map(({ pid }) => ({ pid, outcome: processes.signal(pid, signal) }))
  const refused = outcomes.filter(({ outcome }) => outcome === 'not-allowed')
  for (const { pid } of refused)
    io.printError(`Process ${pid} belongs to another user and was not stopped.\n`)
  await Promise.all(
    outcomes
      .filter(({ outcome }) => outcome === 'sent')
      .map(async ({ pid }) => {
        if (!(await processes.ended(pid, STOP_TIMEOUT_MS)))
          io.printError(`Process ${pid} has been asked to stop and still has work to finish.\n`)
      }),
  )
  return refused.length === 0 ? exitCodes.ok : exitCodes.failed
}
