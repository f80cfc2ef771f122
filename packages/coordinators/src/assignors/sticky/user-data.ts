import { ByteReader, ByteWriter, MalformedError } from '@samsa/base'
import type { MemberSubscription, PreviousAssignment, TopicPartition } from '../assignor.ts'

// What members of the sticky assignors send along:
//
//   sticky, v0:            topics:[ topic:string  partitions:[int32] ]
//   sticky, v1 (KIP-341):  … generation:4
//   cooperative-sticky:    generation:4           (the partitions are those of the subscription itself)

/** What a member had, as far as its subscription tells. */
export interface PreviousOwnership {
  readonly partitions: readonly TopicPartition[]
  /** undefined for a member that does not tell. */
  readonly generationId: number | undefined
  readonly rackId?: string | undefined
}

/** Stands for "no generation" in what members send. */
export const NO_GENERATION = -1

export function encodeStickyUserData(previous: PreviousAssignment): Uint8Array {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of previous.partitions) {
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
  }
  const writer = new ByteWriter()
  writer.int32(byTopic.size)
  for (const [topic, partitions] of byTopic) {
    const name = new ByteWriter()
    name.utf8(topic)
    writer.int16(name.length)
    writer.bytes(name.toBytes())
    writer.int32(partitions.length)
    for (const partition of partitions) writer.int32(partition)
  }
  writer.int32(previous.generationId)
  return writer.toBytes()
}

/** The previous ownership of a member of the sticky assignor; what cannot be read counts as none. */
export function stickyOwnership(member: MemberSubscription): PreviousOwnership {
  const { userData } = member
  if (userData === null || userData.length === 0) return { partitions: [], generationId: undefined }
  try {
    return decodeStickyUserData(userData)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return { partitions: [], generationId: NO_GENERATION }
  }
}

function decodeStickyUserData(bytes: Uint8Array): PreviousOwnership {
  const reader = new ByteReader(bytes)
  const partitions: TopicPartition[] = []
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.utf8(reader.int16())
    for (let count = reader.int32(); count > 0; count--) partitions.push({ topic, partition: reader.int32() })
  }
  return { partitions, generationId: reader.remaining >= 4 ? reader.int32() : undefined }
}

export function encodeCooperativeUserData(previous: PreviousAssignment | undefined): Uint8Array {
  const writer = new ByteWriter(4)
  writer.int32(previous?.generationId ?? NO_GENERATION)
  return writer.toBytes()
}

/** The previous ownership of a member of the cooperative sticky assignor. */
export function cooperativeOwnership(member: MemberSubscription): PreviousOwnership {
  return { partitions: member.ownedPartitions, generationId: cooperativeGeneration(member) }
}

function cooperativeGeneration({ generationId, userData }: MemberSubscription): number | undefined {
  if (generationId !== undefined) return generationId
  if (userData === null) return undefined
  return userData.length >= 4 ? new ByteReader(userData).int32() : NO_GENERATION
}
