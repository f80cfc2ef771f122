import { type Completable, deeperPaths, namesOf, optionsWithValues, placesOf, quoted } from './completable.ts'

/** A script for bash (3.2 and later): `source <(samsa completion bash)`. */
export function bashCompletion(all: readonly Completable[]): string {
  return `# Completion of samsa and of Kafka's tools for bash; made by: samsa completion bash
_samsa() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local at=\${COMP_WORDS[0]##*/} word candidates=
  at=\${at%.sh}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${deeperPaths(all).map(quoted).join(' | ')}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valueCases(all).join('\n')}
  esac
  [ -n "$candidates" ] || case "$at" in
${placeCases(all).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _samsa ${all.flatMap(namesOf).join(' ')}
`
}

/** After an option with choices come those; after another one with a value what the shell proposes itself: files. */
function valueCases(all: readonly Completable[]): string[] {
  return optionsWithValues(all).map(({ paths, choices }) => {
    const then = choices.length === 0 ? 'return 0' : `candidates=${quoted(choices.join(' '))}`
    return `    ${paths.map(quoted).join(' | ')}) ${then} ;;`
  })
}

function placeCases(all: readonly Completable[]): string[] {
  return placesOf(all).map(({ path, words, options }) => {
    const candidates = [...words.map(({ word }) => word), ...options.map(({ long }) => `--${long}`)]
    return `    ${quoted(path)}) candidates=${quoted(candidates.join(' '))} ;;`
  })
}
