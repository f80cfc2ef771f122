import type { Admin } from '@samsa/client'
import { type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, controllerOption, serverOptions, zookeeperOption } from './connection-options.ts'
import { readNamedFile } from './json-file.ts'
import { givenOf, onlyAction, requireOptions } from './option-rules.ts'
import { cancel } from './reassign/cancel.ts'
import { execute } from './reassign/execute.ts'
import { generate } from './reassign/generate.ts'
import { list } from './reassign/list.ts'
import { TerseFailure } from './reassign/terse-failure.ts'
import { verify } from './reassign/verify.ts'

const options = {
  ...serverOptions,
  ...controllerOption,
  ...zookeeperOption,
  generate: flag({ about: 'Propose an assignment of topics to brokers; nothing is changed.' }),
  execute: flag({ about: 'Start a reassignment.' }),
  verify: flag({ about: 'Show how far a reassignment is; when all is done, lift its throttle.' }),
  cancel: flag({ about: 'Take back what of a reassignment is under way.' }),
  list: flag({ about: 'List the reassignments under way.' }),
  'reassignment-json-file': text({
    argument: 'file',
    about:
      'The reassignment: {"version": 1, "partitions": [{"topic": "orders", "partition": 0, "replicas": [1, 2]}]}, with "log_dirs": ["any", "/data"] if wanted.',
  }),
  'topics-to-move-json-file': text({
    argument: 'file',
    about: 'For --generate, the topics: {"version": 1, "topics": [{"topic": "orders"}]}.',
  }),
  'broker-list': text({ argument: 'ids', about: 'For --generate, the brokers, separated by commas.' }),
  'disable-rack-aware': flag({ about: 'Do not mind racks.' }),
  throttle: integer({
    argument: 'rate',
    about: 'Bytes a second that may move between brokers (default: no bound). --verify lifts it in the end.',
  }),
  'replica-alter-log-dirs-throttle': integer({
    argument: 'rate',
    about: 'Bytes a second that may move between log directories (default: no bound).',
  }),
  timeout: integer({
    argument: 'ms',
    about: 'How long to try to begin moves to log directories (default: 10000).',
  }),
  additional: flag({ about: 'Beside reassignments under way, or to change their throttle.' }),
  'preserve-throttles': flag({ about: 'Leave throttles as they are.' }),
  'disallow-replication-factor-change': flag({ about: 'Refuse to give partitions more or fewer replicas.' }),
}

type Options = OptionsOf<typeof options>

const actionNames = ['generate', 'execute', 'verify', 'cancel', 'list'] as const
type ActionName = (typeof actionNames)[number]

/** `kafka-reassign-partitions`: replicas are moved between brokers and log directories (KIP-455, KIP-113). */
export const kafkaReassignPartitions = kafkaTool({
  name: 'kafka-reassign-partitions',
  about: 'Move the replicas of partitions between brokers and log directories.',
  style: 'plain',
  options,
  failurePrefix: error => (error instanceof TerseFailure ? '' : 'Error: '),
  failureGoesTo: 'output',
  failureHasJavaName: true,
  examples: [
    ['kafka-reassign-partitions --execute --reassignment-json-file moves.json', 'Starts it.'],
    ['kafka-reassign-partitions --verify --reassignment-json-file moves.json', 'How far it is.'],
    ['kafka-reassign-partitions --list', 'What is under way.'],
  ],
  async run(given, io) {
    const action = checkedAction(given)
    await using admin = await openAdmin(connectionOf(given), io)
    await actions[action](admin, given, io)
    return exitCodes.ok
  },
})

const actions: Record<ActionName, (admin: Admin, given: Options, io: Io) => Promise<void>> = {
  generate: (admin, given, io) => {
    const topics = readNamedFile(given['topics-to-move-json-file']!, io)
    const isRackAware = !given['disable-rack-aware']
    return generate(admin, { topics, brokers: given['broker-list']!, isRackAware }, io)
  },
  execute: (admin, given, io) => {
    const more = {
      isAdditional: given.additional,
      throttle: given.throttle ?? -1,
      logDirThrottle: given['replica-alter-log-dirs-throttle'] ?? -1,
      allowReplicationFactorChange: !given['disallow-replication-factor-change'],
    }
    return execute(admin, { file: fileOf(given, io), timeoutMs: timeoutOf(given), ...more }, io)
  },
  verify: (admin, given, io) => verify(admin, fileOf(given, io), given['preserve-throttles'], io),
  cancel: (admin, given, io) => {
    const preservesThrottles = given['preserve-throttles']
    return cancel(admin, { file: fileOf(given, io), timeoutMs: timeoutOf(given), preservesThrottles }, io)
  },
  list: (admin, _, io) => list(admin, io),
}

function fileOf(given: Options, io: Io): string {
  return readNamedFile(given['reassignment-json-file']!, io)
}

function timeoutOf({ timeout = 10_000 }: Options): number {
  return timeout
}

const servers = ['bootstrap-server', 'command-config', 'zookeeper'] as const

const rules: Readonly<Record<ActionName, { needs: readonly string[]; takes: readonly string[] }>> = {
  generate: {
    needs: ['topics-to-move-json-file', 'broker-list'],
    takes: [...servers, 'disable-rack-aware'],
  },
  execute: {
    needs: ['reassignment-json-file'],
    takes: [
      ...servers,
      'additional',
      'throttle',
      'replica-alter-log-dirs-throttle',
      'timeout',
      'disallow-replication-factor-change',
    ],
  },
  verify: { needs: ['reassignment-json-file'], takes: [...servers, 'preserve-throttles'] },
  cancel: {
    needs: ['reassignment-json-file'],
    takes: [...servers, 'bootstrap-controller', 'preserve-throttles', 'timeout'],
  },
  list: { needs: [], takes: [...servers, 'bootstrap-controller'] },
}

function checkedAction(given: Options): ActionName {
  const action = onlyAction(given, actionNames, '--generate, --execute, --verify, --cancel, --list')
  if (given['bootstrap-server'] !== undefined && given['bootstrap-controller'] !== undefined)
    throw new ToolUsageError("Please don't specify both --bootstrap-server and --bootstrap-controller")
  const { needs, takes } = rules[action]
  requireOptions(given, needs)
  for (const name of givenOf(given, Object.keys(options))) {
    if (name !== action && !needs.includes(name) && !takes.includes(name))
      throw new ToolUsageError(`Option "[${name}]" can't be used with action "[${action}]"`)
  }
  return action
}
