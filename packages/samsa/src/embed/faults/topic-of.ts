import { ZERO_UUID } from '@samsa/base'
import type { RequestContext } from '@samsa/broker'
import { type Body, listOf } from './error-answer.ts'

/** Number of topics among the types of resources that have a configuration. */
const TOPIC_RESOURCE = 2

type Topics = Pick<RequestContext, 'metadata'>

/** Whether an item of a request or an answer is about a topic; undefined when it is about none. */
export function isAboutTopic(item: Body, topic: string, topics: Topics): boolean | undefined {
  const name = topicOf(item, topics)
  return name === undefined ? undefined : name === topic
}

function topicOf(item: Body, { metadata }: Topics): string | undefined {
  if (item['resourceType'] === TOPIC_RESOURCE) return String(item['resourceName'])
  for (const key of ['topic', 'name', 'topicName']) {
    const name = item[key]
    if (typeof name === 'string' && name !== '') return name
  }
  const id = item['topicId']
  return typeof id === 'string' && id !== ZERO_UUID ? metadata.image().topicById(id)?.name : undefined
}

/** Whether a request or an answer has an item about a topic. */
export function mentionsTopic(body: Body, topic: string, topics: Topics): boolean {
  if (isAboutTopic(body, topic, topics) === true) return true
  return Object.entries(body).some(([key, value]) =>
    listOf(value).some(item => {
      if (typeof item === 'string') return /topic/i.test(key) && item === topic
      return typeof item === 'object' && item !== null && mentionsTopic(item as Body, topic, topics)
    }),
  )
}
