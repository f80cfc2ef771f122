import { nearestName } from '@samsa/base'
import type { Admin, TopicDescription } from '@samsa/client'
import { FailedError } from '../command/command.ts'

/** Describes a topic. Throws `FailedError` with the nearest name when there is none. */
export async function describedTopic(admin: Admin, topic: string): Promise<TopicDescription> {
  const names = await topicNames(admin)
  if (names.includes(topic)) return admin.describeTopic(topic)
  throw missingTopic(topic, names)
}

/** The names of all topics, internal ones too. */
export async function topicNames(admin: Admin): Promise<string[]> {
  return (await admin.listTopics({ includeInternal: true })).map(({ name }) => name)
}

/** Says that a topic is not among those there are, and which the user may have meant. */
export function missingTopic(topic: string, names: readonly string[]): FailedError {
  const nearest = nearestName(topic, names)
  const hint = nearest === undefined ? 'samsa topics list shows those there are' : `did you mean ${nearest}?`
  return new FailedError(`There is no topic ${topic}: ${hint}`)
}
