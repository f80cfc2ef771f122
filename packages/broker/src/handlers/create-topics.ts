import { ZERO_UUID } from '@samsa/base'
import { type CreatedTopic, PARTITIONS_PER_REQUEST_MAX } from '@samsa/cluster'
import { CreateTopics, type CreateTopicsRequest, type CreateTopicsResponse } from '@samsa/protocol'
import { describeTopicConfig } from '../config-resources/describe-config.ts'
import type { LiveConfig } from '../config/live-config.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { createTopics as create } from '../topics/create-topics.ts'

/** CreateTopics v0–7. Creates topics, and answers with the configuration they got. */
export const createTopics: Handler<typeof CreateTopics> = {
  api: CreateTopics,
  async serve(request, context) {
    const created = isTooMuch(request, context)
      ? await create(request.topics, context, request.validateOnly)
      : await context.pace.inChunks(
          request.topics,
          ({ name }) => name,
          topics => create(topics, context, request.validateOnly),
        )
    const describe = describerOf(context.config)
    const topics = await context.pace.map(created, topic => answer(topic, describe))
    return { throttleTimeMs: 0, topics }
  },
}

/** Whether a request asks for more than is created at one; that is decided on all of it. */
function isTooMuch({ topics }: CreateTopicsRequest, { config }: RequestContext): boolean {
  const partitions = topics.reduce((sum, { numPartitions, assignments }) => {
    if (assignments.length > 0) return sum + assignments.length
    return sum + (numPartitions === -1 ? config.get('num.partitions') : Math.max(0, numPartitions))
  }, 0)
  return partitions > PARTITIONS_PER_REQUEST_MAX
}

type DescribedConfigs = NonNullable<CreateTopicsResponse['topics'][number]['configs']>
type Describe = (overrides: Readonly<Record<string, string>>) => DescribedConfigs

/** Topics of one request are mostly configured alike: each configuration is described once. */
function describerOf(config: LiveConfig): Describe {
  const described = new Map<string, DescribedConfigs>()
  return overrides => {
    const key = JSON.stringify(overrides)
    const known = described.get(key) ?? configsOf(overrides, config)
    described.set(key, known)
    return known
  }
}

function answer(topic: CreatedTopic, describe: Describe): CreateTopicsResponse['topics'][number] {
  const { name, error: errorCode, message: errorMessage, created } = topic
  return {
    name,
    topicId: created?.topicId ?? ZERO_UUID,
    errorCode,
    errorMessage,
    topicConfigErrorCode: 'NONE',
    numPartitions: created?.numPartitions ?? -1,
    replicationFactor: created?.replicationFactor ?? -1,
    configs: created === undefined ? [] : describe(created.configs),
  }
}

function configsOf(overrides: Readonly<Record<string, string>>, config: LiveConfig): DescribedConfigs {
  const described = describeTopicConfig(overrides, config).map(key => ({
    name: key.name,
    value: key.value,
    readOnly: key.isReadOnly,
    configSource: key.source,
    isSensitive: key.isSensitive,
  }))
  return described.sort((a, b) => (a.name < b.name ? -1 : 1))
}
