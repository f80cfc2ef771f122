import type { Environment } from './environment.ts'

/** A topic to make at the start unless it is there. */
export interface TopicToCreate {
  readonly name: string
  readonly partitions: number
  readonly replicas: number
  readonly configs: Readonly<Record<string, string>>
}

/** A part of KAFKA_CREATE_TOPICS that is not a topic. */
export class TopicsToCreateError extends Error {
  override readonly name = 'TopicsToCreateError'
}

/**
 * Reads `KAFKA_CREATE_TOPICS=name:partitions:replicas[:cleanup policy],…`, of the wurstmeister image. Another separator
 * than the comma is given by `KAFKA_CREATE_TOPICS_SEPARATOR`, as a text such as `;` or `\n`.
 *
 * @throws TopicsToCreateError naming the part that is wrong
 */
export function topicsToCreate(environment: Environment): TopicToCreate[] {
  const text = environment['KAFKA_CREATE_TOPICS'] ?? ''
  return text
    .split(separatorOf(environment))
    .map(part => part.trim().replace(/^['"]|['"]$/g, ''))
    .filter(part => part !== '')
    .map(topicOf)
}

function separatorOf(environment: Environment): string {
  const separator = (environment['KAFKA_CREATE_TOPICS_SEPARATOR'] ?? '').replace(/^\$?'(.*)'$/, '$1')
  if (separator === '') return ','
  return separator.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
}

function topicOf(part: string): TopicToCreate {
  const match =
    /^([A-Za-z0-9._-]{1,249}):(\d{1,9}):(\d{1,5})(?::(compact|delete|compact,delete|delete,compact))?$/.exec(
      part,
    )
  const [, name, partitions, replicas, policy] = match ?? []
  if (name === undefined || Number(partitions) < 1 || Number(replicas) < 1) {
    throw new TopicsToCreateError(
      `KAFKA_CREATE_TOPICS: '${part}' is not a topic. Write name:partitions:replicas or name:partitions:replicas:compact, separated by commas.`,
    )
  }
  return {
    name,
    partitions: Number(partitions),
    replicas: Number(replicas),
    configs: policy === undefined ? {} : { 'cleanup.policy': policy },
  }
}
