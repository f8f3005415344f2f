import { useMutation, useSubscription } from '@apollo/client/react'
import { graphql } from './generated/gql.ts'
import { Notice } from './notice.tsx'

const RUN = graphql(`
  mutation RunSimulation($designId: ID!) {
    runPerformanceSimulation(designId: $designId) {
      job {
        id
        status
      }
      errors {
        message
      }
    }
  }
`)

/** The last event contains the new energy, and the cache passes it to the page. */
const CHANGED = graphql(`
  subscription SimulationChanged($jobId: ID!) {
    jobChanged(id: $jobId) {
      id
      status
      error {
        message
      }
      ... on PerformanceSimulationJob {
        design {
          id
          summary {
            id
            ...EnergyChart
          }
        }
      }
    }
  }
`)

const WORDS = { RUNNING: 'Simulating …', SUCCEEDED: 'Simulated.', FAILED: 'The simulation has failed' }

/** Starts a job, and watches it to its end. */
export function Simulation({ designId }: { readonly designId: string }) {
  const [run, { data, error, loading }] = useMutation(RUN, { variables: { designId } })
  const { job, errors } = data?.runPerformanceSimulation ?? {}
  const watched = useSubscription(CHANGED, { variables: { jobId: job?.id ?? '' }, skip: !job })
  const current = watched.data?.jobChanged ?? job
  const isRunning = loading || current?.status === 'RUNNING'
  return (
    <div>
      <button type="button" disabled={isRunning} onClick={() => void run()}>
        Simulate
      </button>{' '}
      <output>
        {current?.status && WORDS[current.status]}
        {watched.data?.jobChanged?.error?.message}
        {errors?.map(({ message }) => message)}
      </output>
      <Notice error={error ?? watched.error} />
    </div>
  )
}
