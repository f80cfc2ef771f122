import { FailedError } from '../../command/command.ts'

/** A failure that is told as it is, without `Error: ` in front. */
export class TerseFailure extends FailedError {}
