import type { Command } from '../command/command.ts'
import { aclsList } from './acls/list.ts'
import { clusterDescribe } from './cluster/describe.ts'
import { configsDescribe } from './configs/describe.ts'
import { configsSet } from './configs/set.ts'
import { configsUnset } from './configs/unset.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { groupsDelete } from './groups/delete.ts'
import { groupsDescribe } from './groups/describe.ts'
import { groupsList } from './groups/list.ts'
import { groupsReset } from './groups/reset.ts'
import { offsetsList } from './offsets/list.ts'
import { consumeCommand } from './records/consume.ts'
import { produceCommand } from './records/produce.ts'
import { topicsAlter } from './topics/alter.ts'
import { topicsCopy } from './topics/copy.ts'
import { topicsCreate } from './topics/create.ts'
import { topicsDelete } from './topics/delete.ts'
import { topicsDescribe } from './topics/describe.ts'
import { topicsList } from './topics/list.ts'

/** What each noun of `samsa <noun> <verb>` is about. */
export const samsaNouns: Readonly<Record<string, string>> = {
  acls: 'Who may do what.',
  cluster: 'The cluster and its brokers.',
  configs: 'What is set for topics, brokers, groups, users, ….',
  groups: 'Groups of consumers and others: list, describe, reset and delete them.',
  offsets: 'Where partitions begin and end, or are at a time.',
  topics: 'Topics: list, describe, create, grow and delete them.',
}

/**
 * Samsa's own commands. Each is a light value: what its `run` needs (the client above all) is imported when it runs, so
 * that `samsa --help` and `samsa start` do not pay for it.
 */
export const samsaCommands: readonly Command[] = [
  topicsList,
  topicsDescribe,
  topicsCreate,
  topicsAlter,
  topicsDelete,
  topicsCopy,
  offsetsList,
  clusterDescribe,
  configsDescribe,
  configsSet,
  configsUnset,
  aclsList,
  groupsList,
  groupsDescribe,
  groupsReset,
  groupsDelete,
  doctorCommand,
  explainCommand,
  consumeCommand,
  produceCommand,
]
