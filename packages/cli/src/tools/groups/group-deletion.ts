import type { Admin, CallOptions, GroupListing, KafkaError, Results, TopicPartition } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { javaTextOf, messageOf } from '../../command/java-name.ts'
import { namedPartitions, splitTopics } from '../../groups/reset-scope.ts'
import { NOTHING, columnsLine, widthOf } from './columns.ts'

/** Deletes groups and says which were deleted. */
export async function deleteGroups(
  admin: Admin,
  kind: string,
  groupIds: readonly string[],
  call: CallOptions,
  io: Io,
): Promise<void> {
  tellDeleted(kind, await deletionsOf(admin, groupIds, call), io)
}

export interface GroupDeletion {
  readonly groupId: string
  /** Why it was not deleted; undefined when it was. */
  readonly why: string | undefined
}

/** Asks for groups to be deleted. */
export async function deletionsOf(
  admin: Admin,
  groupIds: readonly string[],
  call: CallOptions,
): Promise<GroupDeletion[]> {
  if (groupIds.length === 0) return []
  const results = await admin.deleteGroups(groupIds, call).results()
  return [...results].map(({ item, error }) => ({ groupId: item, why: error && javaTextOf(error) }))
}

/**
 * Parts the groups that may be asked to be deleted from those that are not of their kind or not empty.
 *
 * @param listed all groups of the kind
 * @param kind what begins a sentence about one of them: `Share group`
 * @param otherwise what a group that is not among them is or is not
 */
export function partDeletable(
  groupIds: readonly string[],
  listed: readonly GroupListing[],
  kind: string,
  otherwise: string,
): { readonly deletable: string[]; readonly refused: GroupDeletion[] } {
  const deletable: string[] = []
  const refused: GroupDeletion[] = []
  for (const groupId of groupIds) {
    const listing = listed.find(one => one.groupId === groupId)
    if (listing === undefined) {
      const why = `java.lang.IllegalArgumentException: Group '${groupId}' ${otherwise}.`
      refused.push({ groupId, why })
    } else if (listing.state === 'Empty' || listing.state === undefined) {
      deletable.push(groupId)
    } else {
      const name = 'org.apache.kafka.common.errors.GroupNotEmptyException'
      refused.push({ groupId, why: `${name}: ${kind} '${groupId}' is not EMPTY.` })
    }
  }
  return { deletable, refused }
}

/** Says which groups were deleted, and why others were not. */
export function tellDeleted(kind: string, outcomes: readonly GroupDeletion[], io: Io): void {
  const deleted = outcomes.filter(({ why }) => why === undefined).map(({ groupId }) => `'${groupId}'`)
  const failed = outcomes.filter(({ why }) => why !== undefined)
  if (failed.length === 0) {
    io.print(`Deletion of requested ${kind} groups (${deleted.join(', ')}) was successful.\n`)
    return
  }
  io.print(`\nError: Deletion of some ${kind} groups failed:\n`)
  for (const { groupId, why } of failed)
    io.print(`* Group '${groupId}' could not be deleted due to: ${why}\n`)
  if (deleted.length > 0)
    io.print(`\nThese ${kind} groups were deleted successfully: ${deleted.join(', ')}\n`)
}

interface Deletion extends TopicPartition {
  readonly error: KafkaError | undefined
}

/** Deletes what a group committed for topics, or some partitions of them (`orders:0,1`), and prints what became of each. */
export async function deleteOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  call: CallOptions,
  io: Io,
): Promise<void> {
  const [whole, named] = splitTopics(topics)
  const described = whole.length === 0 ? [] : await admin.describeTopics(whole, call).results()
  const missing: Deletion[] = []
  const partitions = named.flatMap(namedPartitions)
  for (const { item: topic, value, error } of described) {
    if (value === undefined) missing.push({ topic, partition: -1, error })
    else partitions.push(...value.partitions.map(({ partition }) => ({ topic, partition })))
  }
  const results = await admin.deleteGroupOffsets(groupId, partitions, call).results()
  tellOutcome(groupId, results, io)
  printDeletions([...missing, ...[...results].map(({ item, error }) => ({ ...item, error }))], io)
}

function tellOutcome(groupId: string, results: Results<TopicPartition, undefined>, io: Io): void {
  const error = results.failures()[0]?.error
  switch (error?.code) {
    case undefined:
      io.print(`Request succeeded for deleting offsets from group ${groupId}.\n`)
      break
    case 'INVALID_GROUP_ID':
    case 'GROUP_ID_NOT_FOUND':
    case 'GROUP_AUTHORIZATION_FAILED':
    case 'NON_EMPTY_GROUP':
      io.print(`\nError: ${messageOf(error!)}\n`)
      break
    case 'GROUP_SUBSCRIBED_TO_TOPIC':
    case 'TOPIC_AUTHORIZATION_FAILED':
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      io.print('\nError: Encountered some partition-level error, see the follow-up details.\n')
      break
    default:
      io.print(`\nError: Encountered some unknown error: ${error!.code}\n`)
  }
}

function printDeletions(deletions: readonly Deletion[], io: Io): void {
  const widths = [
    widthOf(
      deletions.map(({ topic }) => topic),
      15,
    ),
    10,
    15,
  ]
  const rows = [...deletions]
    .sort((a, b) => (`${a.topic}${a.partition}` < `${b.topic}${b.partition}` ? -1 : 1))
    .map(({ topic, partition, error }) => [
      topic,
      partition < 0 ? NOTHING : `${partition}`,
      error === undefined ? 'Successful' : `Error: ${javaTextOf(error)}`,
    ])
  const lines = [['TOPIC', 'PARTITION', 'STATUS'], ...rows].map(cells => `\n${columnsLine(widths, cells)}`)
  io.print(`${lines.join('')}\n`)
}
