import type { GroupState } from '@samsa/client'
import type { Paint } from '../format/paint.ts'

/** A state in its colour: well, idle, on the move. */
export function paintState(state: GroupState | undefined, text: string, paint: Paint): string {
  if (state === 'Stable') return paint('green', text)
  if (state === 'Empty') return paint('dim', text)
  return paint(state === 'Dead' ? 'red' : 'yellow', text)
}

/** A lag in its colour: none is well. */
export function paintLag(lag: number | undefined, text: string, paint: Paint): string {
  if (lag === undefined) return paint('dim', text)
  return lag === 0 ? paint('green', text) : paint('yellow', text)
}
