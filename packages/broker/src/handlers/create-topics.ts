import { ZERO_UUID } from '@samsa/base'
import type { CreatedTopic } from '@samsa/cluster'
import { CreateTopics, type CreateTopicsResponse } from '@samsa/protocol'
import { describeTopicConfig } from '../config-resources/describe-config.ts'
import type { LiveConfig } from '../config/live-config.ts'
import type { Handler } from '../handler.ts'
import { createTopics as create } from '../topics/create-topics.ts'

/** CreateTopics v0–7. Creates topics, and answers with the configuration they got. */
export const createTopics: Handler<typeof CreateTopics> = {
  api: CreateTopics,
  async serve(request, context) {
    const created = await create(request.topics, context, request.validateOnly)
    const describe = describerOf(context.config)
    return { throttleTimeMs: 0, topics: created.map(topic => answer(topic, describe)) }
  },
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
