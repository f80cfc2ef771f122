import type { ImageDelta, MetadataImage } from '@samsa/cluster'
import type { LiveConfig } from './config/live-config.ts'
import type { Metadata } from './metadata/metadata.ts'
import type { Partitions } from './partitions/partitions.ts'

/** Keeps what is hosted, and the configuration, as the metadata says. */
export function followMetadata(
  metadata: Metadata,
  partitions: Partitions,
  config: LiveConfig,
  nodeId: number,
): void {
  const changeConfig = (image: MetadataImage) =>
    config.change({ perBroker: image.brokerConfig(nodeId), clusterWide: image.brokerConfig('default') })
  const host = (image: MetadataImage, name: string) => {
    const topic = image.topic(name)
    if (topic === undefined) return
    const leaderEpochs = topic.partitions.map(({ leaderEpoch }) => leaderEpoch)
    partitions.host({ name, topicId: topic.topicId, leaderEpochs, overrides: image.topicConfig(name) })
  }
  const image = metadata.image()
  changeConfig(image)
  for (const topic of image.topics()) host(image, topic.name)

  metadata.onChange((image: MetadataImage, delta: ImageDelta) => {
    if (delta.configs.some(({ type }) => type === 'broker')) changeConfig(image)
    for (const { name, before, after } of delta.topics) {
      if (before !== undefined && before.topicId !== after?.topicId) partitions.drop(name)
      if (after !== undefined) host(image, name)
    }
    for (const { type, name } of delta.configs) if (type === 'topic') host(image, name)
  })
}
