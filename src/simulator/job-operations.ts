// The kinds of jobs that the simulator runs, each as the operation that begins it and the one that returns its state.

import { linkDocument } from './agreement-data.ts'
import { demand, designOf, mustExist, projectOf, read, write } from './operation.ts'
import type { JobKind, Operation, OperationRequest } from './operation.ts'
import { toAuroraTime } from './timestamps.ts'

function onDesign(name: string, { check, end }: Partial<Pick<JobKind, 'check' | 'end'>> = {}): JobKind {
  return {
    name,
    ownerId: ({ ids }) => ids.design_id,
    ownerMembers: ({ ids }) => ({ design_id: ids.design_id }),
    check(request) {
      designOf(request)
      check?.(request)
    },
    end: end ?? (() => ({})),
  }
}

const hasModules = (request: OperationRequest): boolean => designOf(request).summary.arrays.length > 0

const PERFORMANCE_SIMULATION = onDesign('performance_simulation', {
  check: (request) => demand(hasModules(request), 'The design has no modules to simulate'),
  end(data, { ownerId }) {
    const record = data.design(ownerId)
    if (!record) return {}
    const energy_production = { ...record.summary.energy_production, up_to_date: true }
    const summary = { ...record.summary, energy_production }
    data.changes.design.change(ownerId, { isSimulated: true, summary })
    return {}
  },
})

/** Refused if the roof has a model already. */
const AI_ROOF = onDesign('ai_roof', {
  check: (request) => demand(!hasModules(request), 'A roof model exists already'),
})

const PROPOSAL_PDF = onDesign('proposal_pdf_generation', {
  check: ({ data, ids }) => demand(data.proposal(ids.design_id) !== undefined, 'The design has no proposal'),
  end: (_data, { ownerId, id }) => ({ url: `https://files.example.com/proposals/${ownerId}/${id}.pdf` }),
})

const AGREEMENT_DOWNLOAD: JobKind = {
  name: 'agreement_download_url',
  ownerId: ({ ids }) => ids.agreement_id,
  ownerMembers({ ids, data }) {
    const agreement = data.agreement(ids.agreement_id)
    const design_id = agreement?.design_id
    return { project_id: agreement?.project_id, ...(design_id && { design_id }), file_url: null }
  },
  check({ ids, data }) {
    const { status, signing_provider } = mustExist(data.agreement(ids.agreement_id), 'Agreement')
    const isReady = status === 'signed' && signing_provider === 'docusign'
    demand(isReady, 'Agreement is not signed with DocuSign')
  },
  end(data, { ownerId, id }) {
    const agreement = data.agreement(ownerId)
    return { file_url: agreement ? `${linkDocument(agreement) ?? ''}?expires=900&job=${id}` : null }
  },
}

const BILL_UPLOAD: JobKind = {
  name: 'utility_bill_upload',
  ownerId: ({ ids }) => ids.project_id,
  ownerMembers: ({ ids }) => ({ project_id: ids.project_id }),
  check(request) {
    projectOf(request)
    const { bytes = 0, name = '' } = request.file ?? {}
    demand(bytes > 0, 'The file is empty')
    demand(name !== '', 'The file needs a name in Content-Disposition')
  },
  // The bill is stored when the job begins, and read when it ends.
  begin({ ids, data, file, maker }) {
    const id = maker.newId()
    const filename = file?.name ?? ''
    data.changes.utilityBill.add(ids.project_id, {
      id,
      project_id: ids.project_id,
      filename,
      download_url: `https://files.example.com/utility-bills/${id}/${encodeURIComponent(filename)}?expires=86400`,
      created_at: toAuroraTime(maker.nowMs()),
    })
    return { utility_bill_id: id }
  },
  end: () => ({}),
}

const PROJECT_CREATION: JobKind = {
  name: 'project_creation',
  ownerId: ({ ids }) => ids.order_id,
  ownerMembers: ({ ids }) => ({ order_id: ids.order_id, project_id: null }),
  check: ({ ids, data }) =>
    demand(mustExist(data.order(ids.order_id), 'Order').status === 'released', 'The order is not released'),
  end(data, { ownerId }, maker) {
    const order = data.order(ownerId)
    const model = data.project(order?.project_id ?? '')
    if (!order || !model) return {}
    const id = maker.newId()
    const created_at = toAuroraTime(maker.nowMs())
    data.changes.project.add('', { ...model, id, order_id: ownerId, tags: [], created_at })
    data.changes.order.change(ownerId, { status: 'converted', project_id: id })
    return { project_id: id }
  },
}

const IRRADIANCE_ANALYSIS = onDesign('irradiance_analysis')
const AUTO_DESIGNER = onDesign('auto_designer')
const FIRE_PATHWAYS = onDesign('fire_pathway_placement')

export const JOB_KINDS: readonly JobKind[] = [
  PERFORMANCE_SIMULATION,
  IRRADIANCE_ANALYSIS,
  AUTO_DESIGNER,
  FIRE_PATHWAYS,
  AI_ROOF,
  PROPOSAL_PDF,
  AGREEMENT_DOWNLOAD,
  BILL_UPLOAD,
  PROJECT_CREATION,
]

const pair = (kind: JobKind, path: string, run: string, status: string): readonly Operation[] => [
  write(run, `POST ${path}/run`, (request) => request.jobs.run(kind, request)),
  read(status, `${path}/status`, (request) => request.jobs.status(kind, request)),
]

/** One job a line. */
// prettier-ignore
export const JOB_OPERATIONS: readonly Operation[] = [
  ...pair(PERFORMANCE_SIMULATION, '/designs/{design_id}/performance_simulation', 'runPerformanceSimulation', 'retrievePerformanceSimulationStatus'),
  ...pair(IRRADIANCE_ANALYSIS, '/designs/{design_id}/irradiance_analysis', 'runIrradianceAnalysis', 'retrieveIrradianceAnalysisStatus'),
  ...pair(AUTO_DESIGNER, '/designs/{design_id}/auto_designer', 'runAutoDesigner', 'retrieveAutoDesignerStatus'),
  ...pair(FIRE_PATHWAYS, '/designs/{design_id}/fire_pathway_placement', 'runFirePathwayPlacement', 'retrieveFirePathwayPlacementStatus'),
  ...pair(AI_ROOF, '/designs/{design_id}/ai_roof', 'runAiRoof', 'retrieveAiRoofStatus'),
  ...pair(PROPOSAL_PDF, '/designs/{design_id}/proposal_pdf_generation', 'runProposalPdfGeneration', 'retrieveProposalPdfGenerationStatus'),
  ...pair(AGREEMENT_DOWNLOAD, '/agreements/{agreement_id}/download_url', 'runAgreementDownloadUrl', 'retrieveAgreementDownloadUrlStatus'),
  ...pair(BILL_UPLOAD, '/projects/{project_id}/utility_bill_upload', 'runUtilityBillUpload', 'retrieveUtilityBillUploadStatus'),
  ...pair(PROJECT_CREATION, '/orders/{order_id}/project_creation', 'createProjectFromOrder', 'retrieveCreateProjectStatus'),
]
