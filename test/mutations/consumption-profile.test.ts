// What follows from the energy use of a site is read anew, also of the designs for it.
import { expect } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { describeMutation } from '../support/describe-mutation.ts'

const idsOf = (data: DataSet) => {
  const records = data.projects
    .filter(({ id }) => data.profile(id))
    .flatMap(({ id }) => [...data.designsOf(id)])
  const record = records.find(({ financings, isSimulated }) => isSimulated && financings.length > 0)
  const other = records.find(({ design }) => design.project_id !== record?.design.project_id)
  return {
    id: record?.design.project_id ?? '',
    designId: record?.design.id ?? '',
    otherId: other?.design.id ?? '',
    otherProjectId: other?.design.project_id ?? '',
  }
}

type Ids = ReturnType<typeof idsOf>

const ofDesign = ({ designId }: Ids) => ({ id: designId })
const ofOther = ({ otherId }: Ids) => ({ id: otherId })
/** Lists have to have shown the designs. */
const DESIGNS = 'query ($id: ID!) { project(id: $id) { designs { name } } }'
const OFFSET = 'query ($id: ID!) { design(id: $id) { summary { energyProduction { annualOffset } } } }'
const BILLS = 'query ($id: ID!) { design(id: $id) { billSummary { raw } } }'
const FINANCINGS = 'query ($id: ID!) { design(id: $id) { financings { auroraId } } }'
const PRICE = 'query ($id: ID!) { design(id: $id) { pricing { systemPrice } } }'

const FED_IN = [500, 480, null, 460, -70, -120, -110, 30, 560, 480, 470, 510]

describeMutation({
  name: 'updateConsumptionProfile',
  document: `mutation ($id: ID!, $input: UpdateConsumptionProfileInput!) {
    updateConsumptionProfile(projectId: $id, input: $input) {
      consumptionProfile { inputValues project { id } } errors $ERRORS
    }
  }`,
  ids: idsOf,
  variables: ({ id }) => ({ id: `Project:${id}`, input: { monthlyEnergy: FED_IN } }),
  call: '1 PUT /tenants/{}/projects/{}/consumption_profile',
  shows: ({ consumptionProfile }, { id }) =>
    expect(consumptionProfile).toEqual({ inputValues: FED_IN, project: { id: `Project:${id}` } }),
  reads: [
    { query: DESIGNS, variables: ({ id }) => ({ id }), callsAfter: [] },
    { query: DESIGNS, variables: ({ otherProjectId }) => ({ id: otherProjectId }), callsAfter: [] },
    { query: OFFSET, variables: ofDesign, callsAfter: ['1 GET /tenants/{}/designs/{}/summary'] },
    { query: BILLS, variables: ofDesign, callsAfter: ['1 GET /tenants/{}/designs/{}/bill_summary'] },
    { query: FINANCINGS, variables: ofDesign, callsAfter: ['1 GET /tenants/{}/designs/{}/financings'] },
    { query: PRICE, variables: ofDesign, callsAfter: [] },
    { query: OFFSET, variables: ofOther, callsAfter: [] },
    { query: BILLS, variables: ofOther, callsAfter: [] },
  ],
  bad: [
    { variables: () => ({ id: 'Design:1', input: { monthlyEnergy: FED_IN } }), says: /not one of a Project/ },
    { variables: ({ id }) => ({ id, input: { intervalData: [] } }), says: /8760/ },
    {
      variables: ({ id }) => ({ id, input: { monthlyEnergy: Array(12).fill(null) } }),
      says: /`monthlyEnergy` needs at least one value/,
    },
  ],
})
