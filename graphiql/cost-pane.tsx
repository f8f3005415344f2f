// The pane of costs: what the query in the editor would spend, what is left, and what the last answer has spent.
import type { GraphiQLPlugin } from '@graphiql/react'
import { Fragment, useId } from 'react'
import type { Plan } from './ask-cost.ts'
import type { Estimate } from './asker.ts'
import { Moment, useWaitMs } from './moment.tsx'
import { SpentSection } from './spent-section.tsx'
import { WindowMeter } from './window-meter.tsx'
import { useEstimate } from './use-estimate.ts'
import type { CostOptions } from './use-estimate.ts'
import { describeCost, describeRange } from './words.ts'

export const COST_TITLE = 'Cost'

export const createCostPlugin = (options: CostOptions): GraphiQLPlugin => ({
  title: COST_TITLE,
  icon: CostIcon,
  content: () => <CostPane {...options} />,
})

function CostPane(options: CostOptions) {
  const heading = useId()
  const estimate = useEstimate(options)
  return (
    // In the order of the tab key, because without a mouse only the element with the focus can be scrolled.
    <section className="cost-pane" aria-labelledby={heading} tabIndex={0}>
      <h2 id={heading}>Cost in calls to Aurora</h2>
      <h3>Before it is run</h3>
      <div role="status" aria-live="polite" aria-busy={estimate.isCounting} className="cost-estimate">
        <Headline {...estimate} />
        {estimate.counted && <Warning {...estimate.counted} answers={options.answers} />}
      </div>
      {estimate.counted && <Counted {...estimate.counted} answers={options.answers} />}
      <SpentSection answers={options.answers} />
      {/* Last, because it may be long: what was spent is seen without scrolling. */}
      {estimate.counted && estimate.counted.plan.steps.length > 0 && <Steps {...estimate.counted.plan} />}
      <p className="cost-note">Counting spends no call. Ctrl-Alt-C opens and closes this pane.</p>
    </section>
  )
}

function Headline({ counted, hint }: Estimate) {
  if (hint !== null) return <p className="cost-hint">{hint}</p>
  if (counted === null) return <p className="cost-hint">…</p>
  return (
    <p>
      <strong data-calls={counted.plan.calls.expected}>{describeCost(counted.plan)}</strong>
    </p>
  )
}

type CountedProps = NonNullable<Estimate['counted']> & Pick<CostOptions, 'answers'>

function Warning({ plan, answers }: CountedProps) {
  const waitMs = useWaitMs(plan.readyAt, answers)
  const isMoreThanLeft = plan.calls.expected > plan.remaining
  if (plan.readyAt === null || !(isMoreThanLeft || waitMs > 1000)) return null
  return (
    <p className="cost-warning">
      More than is left now: run at once, the answer comes in parts. All of it could be sent at{' '}
      <Moment at={plan.readyAt} answers={answers} />.
    </p>
  )
}

function Counted({ plan, window, answers }: CountedProps) {
  return (
    <>
      <p>{describeRange(plan)}</p>
      <WindowMeter window={window ? { ...window, remaining: plan.remaining } : null} answers={answers} />
    </>
  )
}

function Steps({ steps }: Plan) {
  return (
    <table className="cost-steps">
      <caption>Before it is run, by field</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Calls</th>
          <th scope="col">Cached</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ path, operation, route, calls, cached }) => (
          <tr key={`${path} ${operation}`}>
            <th scope="row" title={route}>
              <Name text={path} />{' '}
              <small>
                <Name text={operation} />
              </small>
            </th>
            <td>
              {calls.expected}
              {calls.min !== calls.max && <small>{`${calls.min} to ${calls.max}`}</small>}
            </td>
            <td>{cached}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A long name is broken after a point, or between its words. */
function Name({ text }: { readonly text: string }) {
  return text.split(/(?<=\.)|(?=[A-Z])/).map((part, place) => (
    <Fragment key={place}>
      {place > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}

function CostIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M2.8 15.5a8 8 0 1 1 14.4 0" strokeLinecap="round" />
      <path d="m10 12 3.5-4.5" strokeLinecap="round" />
      <circle cx="10" cy="12" r="1" fill="currentColor" />
    </svg>
  )
}
