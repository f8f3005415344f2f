import { readFragment } from './generated/fragment-masking.ts'
import type { FragmentType } from './generated/fragment-masking.ts'
import { graphql } from './generated/gql.ts'
import { inKilowattHours, inPercent } from './words.ts'

const ENERGY = graphql(`
  fragment EnergyChart on DesignSummary {
    id
    energyProduction {
      annual
      annualOffset
      monthly
      upToDate
    }
  }
`)

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function EnergyChart(props: { readonly summary: FragmentType<typeof ENERGY> }) {
  const { energyProduction } = readFragment(ENERGY, props.summary)
  if (!energyProduction) return <p>It was not simulated yet.</p>
  const { annual, annualOffset, monthly, upToDate } = energyProduction
  const most = Math.max(...(monthly ?? []).map((energy) => energy ?? 0))
  return (
    <>
      <p>
        <strong>{inKilowattHours(annual)}</strong> in the first year, {inPercent(annualOffset)} of the use.
        {upToDate === false && ' The design has changed since this was simulated.'}
      </p>
      {monthly && (
        <ol className="months" aria-label="Energy of each month">
          {MONTHS.map((month, index) => (
            <li key={month} aria-label={`${month}: ${inKilowattHours(monthly[index])}`}>
              <div style={{ height: `${((monthly[index] ?? 0) / most) * 100}%` }} />
              <small>{month}</small>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}
