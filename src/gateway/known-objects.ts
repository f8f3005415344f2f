// Shows the earlier texts of objects again, and makes such texts by executing each object alone.
import type { AnswerAtOnce } from '../rest/answer.ts'
import type { KnownText } from '../exchange/answer-data.ts'
import { createChance, noteFailure, noteShown, spend } from '../answers/chance.ts'
import type { Begun, Chance } from '../answers/chance.ts'
import { createKnownTexts } from '../answers/known-texts.ts'
import type { Known, KnownTexts, KnownTextsOptions, ObjectName } from '../answers/known-texts.ts'
import type { Taker } from '../answers/fair-room.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import type { Clock } from '../clock.ts'
import type { ExecuteAlone, KnownObjects } from '../execution/known-objects.ts'
import type { SelectionPlan } from '../execution/plan.ts'
import { RequestContext } from '../graphql/context.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import { asReferred } from '../loaders/aurora-object.ts'
import type { Referred } from '../loaders/aurora-object.ts'
import { createLoaders } from '../loaders/loaders.ts'
import type { OwnLoaders } from '../loaders/loaders.ts'
import { createReadsWatch } from '../loaders/reads-made.ts'
import type { ReadsMade } from '../loaders/reads-made.ts'
import type { LoadersOptions } from '../loaders/loaders-options.ts'
import type { Pace } from '../turns/pace.ts'
import { reportSaved } from '../rest/accounting.ts'
import type { Terms, UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { createTally } from '../telemetry/tally.ts'

export interface KnownObjectsOptions {
  readonly maxBytes: number
  readonly cache: KnownTextsOptions['cache'] & CacheReads
  /** Answers reads as the line does, but counts nothing. */
  readonly answerAtOnce: AnswerAtOnce
  readonly onUsed: (part: UsedReply, times: number) => void
  readonly clock: Clock
  readonly emit: Emit
}

/** The request that shows objects. */
export interface Showing extends Pick<LoadersOptions, 'pageSize' | 'pageShares' | 'listEnds'> {
  readonly given: ConstructorParameters<typeof RequestContext>[0]
  readonly terms: Terms
  readonly loaders: () => OwnLoaders
  readonly taker: Taker
}

/** Null: objects are executed in each request. */
export type OpenKnownObjects = ((showing: Showing) => NonNullable<GraphQLContext['known']>) | null

/** Executing fewer fields costs no more than finding the text. */
const MIN_FIELDS = 4

export function createKnownObjects(options: KnownObjectsOptions): OpenKnownObjects {
  const { clock } = options
  const texts = createKnownTexts<ReadsMade>(options)
  if (!texts) return null
  const chances = new WeakMap<SelectionPlan, Chance>()
  let selections = 0

  function chanceOf(selection: SelectionPlan): Chance {
    const known = chances.get(selection)
    if (known) return known
    selections += 1
    const chance = createChance(selections, isWorthIt(selection))
    chances.set(selection, chance)
    return chance
  }

  return (showing) => {
    const { take, report } = createTake(showing, { texts, emit: options.emit })
    const begun: Begun = new Set()
    const show: KnownObjects['show'] = (source, selection, executeAlone) => {
      const object = asReferred(source)
      if (!object) return null
      const chance = chanceOf(selection)
      const { known, key, above } = object
      const name: ObjectName = { known, key, above, selection: chance.id }
      const nowMs = clock.monotonicMs()
      const found = texts.find(name, nowMs)
      if (found) {
        noteShown(chance)
        return take(found, nowMs)
      }
      if (!spend(chance, begun)) return null
      const made = makeText(object, executeAlone, showing, options)
      const kept = made && texts.keep(name, { taker: showing.taker, ...made })
      if (kept) return take(kept, nowMs)
      noteFailure(chance, begun)
      return null
    }
    return { show, report }
  }
}

const isWorthIt = ({ fields }: SelectionPlan): boolean =>
  fields.length >= MIN_FIELDS || fields.some(({ isComposite }) => isComposite)

/** Counts the reads of a text as reads of the request that shows it. */
function createTake(
  { given: { parts, tally, record }, loaders }: Showing,
  { texts, emit }: { readonly texts: KnownTexts<ReadsMade>; readonly emit: Emit },
) {
  /**
   * Calls that were saved and not reported yet, by operation: the texts of one request save calls of the same few
   * operations.
   */
  const saved = { cache: new Map<string, number>(), listed: new Map<string, number>() }
  const onSaved: Parameters<OwnLoaders['takeOver']>[1] = (operation, by, count) => {
    tally.saved.cache += count
    saved[by].set(operation, (saved[by].get(operation) ?? 0) + count)
  }
  return {
    take(known: Known<ReadsMade>, nowMs: number): KnownText | null {
      const isTaken = known.reads !== null && loaders().takeOver(known.reads, onSaved)
      parts.noteGroup(known)
      if (!isTaken) return null
      texts.noteUse(known, nowMs)
      return known.text
    },
    report() {
      for (const by of ['cache', 'listed'] as const)
        for (const [operation, count] of saved[by]) reportSaved(emit, record, { operation, by, count })
    },
  }
}

interface Made {
  readonly text: string
  readonly parts: readonly UsedReply[]
  readonly reads: ReadsMade
}

/** Null if the object is not made of fresh cached replies alone. */
function makeText(
  { kind, key, known, above }: Referred,
  executeAlone: ExecuteAlone,
  showing: Showing,
  { cache, answerAtOnce }: KnownObjectsOptions,
): Made | null {
  const { given, terms, pageSize, pageShares, listEnds } = showing
  const watch = createReadsWatch()
  const used: UsedReply[] = []
  const pace = withoutWaiting(given.pace, watch.spoil)
  const aloneTerms: Terms = {
    ...terms,
    tally: createTally(),
    afterwards: watch.spoil,
    onStale: watch.spoil,
    onUsed(reply) {
      used.push(reply)
      if (!reply.isListed) watch.saved(reply.operation)
    },
  }
  const loaders = createLoaders({
    terms: aloneTerms,
    upstream: () => {
      watch.spoil()
      return never()
    },
    answerAtOnce,
    cache,
    pageSize,
    pageShares,
    listEnds,
    pace,
    watch,
  })
  const parts: GraphQLContext['parts'] = { ...given.parts, note: aloneTerms.onUsed, spoil: watch.spoil }
  const contextValue = new RequestContext({ ...given, pace, parts, tally: aloneTerms.tally }, () => loaders)
  const source = loaders.object(kind as Parameters<OwnLoaders['object']>[0]).refer(key, known, above)
  const shown = executeAlone({ source, contextValue, pace })
  const reads = watch.made()
  return shown && reads && { text: JSON.stringify(shown), parts: [...new Set(used)], reads }
}

/**
 * A promise that never settles. Each call makes its own, because a shared one would keep everything that awaits it in
 * memory.
 */
const never = (): Promise<never> => new Promise(() => {})

/** A pace that ends the making of a text as soon as it would have to wait. */
const withoutWaiting = (pace: Pace, onWait: () => void): Pace => ({
  take: pace.take,
  takeAhead: () => false,
  wait() {
    onWait()
    return never()
  },
  isBusy: () => false,
  whenIdle: () => onWait(),
  note: () => {},
  end: () => {},
  giveUp: () => {},
})
