/** Longest topic name: with partition number and suffix it has to fit a file name. */
export const TOPIC_NAME_LENGTH_MAX = 249

/** What is wrong with a topic's name, in words; undefined when nothing is. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return `Topic name is invalid: '${name}' is not allowed`
  if (name.length > TOPIC_NAME_LENGTH_MAX) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${TOPIC_NAME_LENGTH_MAX}`
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  return undefined
}

/** Whether a name could collide with another one where '.' and '_' are the same, as in metrics. */
export function hasCollisionCharacters(name: string): boolean {
  return name.includes('.') || name.includes('_')
}

export function unifyCollisionCharacters(name: string): string {
  return name.replaceAll('.', '_')
}

const INTERNAL_TOPICS: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** The topic whose directory holds the embedded store's journal. */
export const METADATA_TOPIC = '__samsa_metadata'

/** Whether a name stands for a metadata log: no topic of this name can be created, and its files are none of a topic's. */
export function isReservedTopic(name: string): boolean {
  return name === METADATA_TOPIC || name === '__cluster_metadata'
}

/** Whether a topic belongs to the brokers themselves: clients do not write to it. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL_TOPICS.has(name)
}
