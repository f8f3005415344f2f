// What the last answer has spent and saved, what is stale in it, and when to run it again.
import { useSyncExternalStore } from 'react'
import type { Answers } from './answers.ts'
import { Moment, useWaitMs } from './moment.tsx'
import type { Spent } from './spent.ts'
import { describeAge, describeQueued, plural } from './words.ts'

interface SpentProps {
  readonly answers: Answers
}

export function SpentSection({ answers }: SpentProps) {
  const { spent, spentBy, answered } = useSyncExternalStore(answers.subscribe, answers.get)
  return (
    <>
      <h3>The last answer{spentBy !== null && `: ${spentBy}`}</h3>
      <div role="status" aria-live="polite" className="cost-spent" data-answered={answered}>
        {spent ? (
          <Report spent={spent} answers={answers} />
        ) : (
          <p className="cost-hint">{without(answered)}</p>
        )}
      </div>
    </>
  )
}

const without = (answered: number): string =>
  answered === 0 ? 'Nothing has been run yet.' : 'It reports no cost: see its errors.'

function Report({ spent, answers }: SpentProps & { readonly spent: Spent }) {
  const { calls, queuedMs, limited, comeBackAt, stale, otherCodes } = spent
  return (
    <>
      <p>
        <strong data-calls={calls}>{plural(calls, 'call')}</strong> spent{describeSaved(spent)}
      </p>
      {queuedMs > 0 && <p>Its calls waited {describeQueued(queuedMs)} for slots, added up.</p>}
      {limited > 0 && <Limited limited={limited} comeBackAt={comeBackAt} answers={answers} />}
      {otherCodes.length > 0 && <p className="cost-warning">Errors: {otherCodes.join(', ')}</p>}
      {stale.length > 0 && (
        <>
          <h4>Stale in it</h4>
          <ul className="cost-stale">
            {stale.map(({ path, ageSeconds, reason }, place) => (
              <li key={place}>
                <code>{path}</code>: {describeAge(ageSeconds)} old ({reason})
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function describeSaved({ saved: { cache, joined, stale } }: Spent): string {
  const parts = [
    ...(cache > 0 ? [`${cache} by the cache`] : []),
    ...(joined > 0 ? [`${joined} shared with others`] : []),
    ...(stale > 0 ? [`${stale} by stale answers`] : []),
  ]
  return parts.length > 0 ? `, saved: ${parts.join(', ')}` : ', none saved'
}

type LimitedProps = SpentProps & Pick<Spent, 'limited' | 'comeBackAt'>

function Limited({ limited, comeBackAt, answers }: LimitedProps) {
  const waitMs = useWaitMs(comeBackAt, answers)
  return (
    <p className="cost-warning">
      {plural(limited, 'field')} had no call left.{' '}
      {comeBackAt === null ? (
        'Run it again later.'
      ) : waitMs === 0 ? (
        <>
          Run it again <time dateTime={comeBackAt}>now</time>: it goes on where it stopped.
        </>
      ) : (
        <>
          Run it again at <Moment at={comeBackAt} answers={answers} />: it goes on where it stopped.
        </>
      )}
    </p>
  )
}
