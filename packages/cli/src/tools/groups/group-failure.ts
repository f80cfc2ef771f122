import type { KafkaError } from '@samsa/client'
import { type Io, exitCodes, isExpectedFailure } from '../../command/command.ts'
import { javaTextOf } from '../../command/java-name.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { NothingCommittedError } from '../../groups/reset-plan.ts'
import { TopicArgumentError } from '../../groups/reset-scope.ts'

/**
 * Runs what a tool for groups was asked to. What fails is told as Kafka does: on the standard output.
 *
 * @param failed the exit code then; in most of Kafka's tools for groups 0, unless the command line was wrong
 */
export async function tellGroupFailures(
  kind: string,
  io: Io,
  work: () => Promise<void>,
  failed: number = exitCodes.ok,
): Promise<number> {
  try {
    await work()
  } catch (error) {
    if (error instanceof TopicArgumentError || error instanceof NothingCommittedError)
      throw new ToolUsageError(error.message)
    if (error instanceof ToolUsageError) throw error
    if (!isExpectedFailure(error)) throw error
    const told = error.name === 'KafkaError' ? javaTextOf(error as KafkaError) : error.message
    io.print(`\nError: Executing ${kind} group command failed due to ${told}\n`)
    return failed
  }
  return exitCodes.ok
}
