import type { ImageDelta, MetadataImage } from '@samsa/cluster'
import type { LiveConfig } from './config/live-config.ts'
import type { Metadata } from './metadata/metadata.ts'
import type { Partitions } from './partitions/partitions.ts'

/** Takes over what the metadata says of the broker's configuration. */
export function takeConfig(image: MetadataImage, config: LiveConfig, nodeId: number): void {
  config.change({ perBroker: image.brokerConfig(nodeId), clusterWide: image.brokerConfig('default') })
}

/** Keeps what is hosted, and the configuration, as the metadata says. */
export function followMetadata(
  metadata: Metadata,
  partitions: Partitions,
  config: LiveConfig,
  nodeId: number,
): void {
  const host = (image: MetadataImage, name: string) => {
    const topic = image.topic(name)
    if (topic === undefined) return
    const leaderEpochs = topic.partitions.map(({ leaderEpoch }) => leaderEpoch)
    partitions.host({ name, topicId: topic.topicId, leaderEpochs, overrides: image.topicConfig(name) })
  }
  const image = metadata.image()
  takeConfig(image, config, nodeId)
  for (const topic of image.topics()) host(image, topic.name)

  metadata.onChange((image: MetadataImage, delta: ImageDelta) => {
    if (delta.configs.some(({ type }) => type === 'broker')) takeConfig(image, config, nodeId)
    for (const { name, before, after } of delta.topics) {
      if (before !== undefined && before.topicId !== after?.topicId) partitions.drop(name)
      if (after !== undefined) host(image, name)
    }
    for (const { type, name } of delta.configs) if (type === 'topic') host(image, name)
  })
}
