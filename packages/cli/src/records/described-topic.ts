import { nearestName } from '@samsa/base'
import type { Admin, TopicDescription } from '@samsa/client'
import { FailedError } from '../command/command.ts'

/** Describes a topic. Throws `FailedError` with the nearest name when there is none. */
export async function describedTopic(admin: Admin, topic: string): Promise<TopicDescription> {
  const listed = await admin.listTopics({ includeInternal: true })
  const names = listed.map(({ name }) => name)
  if (names.includes(topic)) return admin.describeTopic(topic)
  const nearest = nearestName(topic, names)
  const hint = nearest === undefined ? 'samsa topics list shows those there are' : `did you mean ${nearest}?`
  throw new FailedError(`There is no topic ${topic}: ${hint}`)
}
