export { decideClusterId } from './cluster/cluster-id.ts'
export {
  PRODUCER_ID_BLOCK_SIZE,
  type ProducerIdBlock,
  decideAllocateProducerIds,
  decideReserveProducerIds,
} from './cluster/producer-ids.ts'
export { decideRegisterBroker } from './cluster/register-broker.ts'
export {
  type ConfigChange,
  type ConfigOperation,
  type ConfigSchema,
  decideAlterConfigs,
  decideIncrementalAlterConfigs,
} from './configs/alter-configs.ts'
export { decideImportConfigs } from './configs/import-configs.ts'
export type { Decision, Outcome } from './decision.ts'
export { ImageFollower, type ImageFollowerOptions, type ImageListener } from './image-follower.ts'
export { type ImageDelta, type TopicDelta, evolveImage, imageOf } from './image/evolve-image.ts'
export { ALL_BROKERS, type ConfigResource, type ConfigResourceType, keys } from './image/keys.ts'
export { type BrokerImage, type ConfigImage, MetadataImage } from './image/metadata-image.ts'
export type { PartitionImage, TopicImage } from './image/topic-image.ts'
export type { BrokerEndpoint, BrokerValue, ConfigValue } from './image/values.ts'
export { type UsableBroker, placeReplicas } from './placement/place-replicas.ts'
export { EmbeddedMetadataStore, type EmbeddedMetadataStoreOptions } from './store/embedded-metadata-store.ts'
export { type Journal, NotWrittenError } from './store/journal.ts'
export {
  type Change,
  type Condition,
  type Entry,
  type Json,
  type JsonObject,
  type MetadataStore,
  type Operation,
  StoreError,
  type StoreErrorCode,
  type StoreEvent,
  type Transaction,
  type TransactionOutcome,
  type Watch,
  type WatchListener,
} from './store/metadata-store.ts'
export { type AdoptedTopic, type FoundTopic, decideAdoptTopics } from './topics/adopt-topics.ts'
export { type GrownTopic, type MorePartitions, decideCreatePartitions } from './topics/create-partitions.ts'
export {
  type CreateTopicsContext,
  type CreatedTopic,
  type NewTopic,
  PARTITIONS_PER_REQUEST_MAX,
  decideCreateTopics,
} from './topics/create-topics.ts'
export { type DeletedTopic, type TopicToDelete, decideDeleteTopics } from './topics/delete-topics.ts'
export { type PartitionsOfTopic, decideRaiseLeaderEpochs } from './topics/raise-leader-epochs.ts'
export {
  METADATA_TOPIC,
  TOPIC_NAME_LENGTH_MAX,
  isInternalTopic,
  isReservedTopic,
  topicNameProblem,
} from './topics/topic-name.ts'
