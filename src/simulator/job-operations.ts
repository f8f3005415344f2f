// The kinds of jobs that the simulator runs, each as the operation that begins it and the one that returns its state.

import { linkDocument } from './agreement-data.ts'
import type { DataSet } from './data.ts'
import { refuseInput, unlessThere } from './jobs.ts'
import { read, write } from './operation.ts'
import type { Job, JobKind, Operation, OperationRequest } from './operation.ts'
import { toAuroraTime } from './timestamps.ts'

const DESIGN = '/tenants/{tenant_id}/designs/{design_id}'

type DesignJob = Partial<Pick<JobKind, 'refuse' | 'begin'>> & { readonly end?: JobKind['end'] }

function ofDesign(name: string, { refuse, end = () => ({}), begin }: DesignJob = {}): JobKind {
  return {
    name,
    ownerId: ({ ids }) => ids.design_id,
    ownerMembers: ({ ids }) => ({ design_id: ids.design_id }),
    refuse: (request) =>
      unlessThere(request.data.design(request.ids.design_id), 'Design') ?? refuse?.(request) ?? null,
    ...(begin && { begin }),
    end,
  }
}

const hasModules = ({ data, ids }: OperationRequest): boolean =>
  (data.design(ids.design_id)?.summary.arrays.length ?? 0) > 0

const PERFORMANCE_SIMULATION = ofDesign('performance_simulation', {
  refuse: (request) => refuseInput(hasModules(request), 'The design has no modules to simulate'),
  end(data, { ownerId }) {
    const record = data.design(ownerId)
    if (!record) return {}
    const energy_production = { ...record.summary.energy_production, up_to_date: true }
    data.changes.design.change(ownerId, {
      isSimulated: true,
      summary: { ...record.summary, energy_production },
    })
    return {}
  },
})

/** A roof that has a model is not modelled again. */
const AI_ROOF = ofDesign('ai_roof', {
  refuse: (request) => refuseInput(!hasModules(request), 'A roof model exists already'),
})

const PROPOSAL_PDF = ofDesign('proposal_pdf_generation', {
  refuse: ({ data, ids }) =>
    refuseInput(data.proposal(ids.design_id) !== undefined, 'The design has no proposal'),
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
  refuse({ ids, data }) {
    const agreement = data.agreement(ids.agreement_id)
    const isReady = agreement?.status === 'signed' && agreement.signing_provider === 'docusign'
    return (
      unlessThere(agreement, 'Agreement') ?? refuseInput(isReady, 'Agreement is not signed with DocuSign')
    )
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
  refuse: ({ ids, data, file }) =>
    unlessThere(data.project(ids.project_id), 'Project') ??
    refuseInput(file !== undefined && file.bytes > 0, 'The file is empty') ??
    refuseInput(file !== undefined && file.name !== '', 'The file needs a name in Content-Disposition'),
  // Stored at once, read later.
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
  refuse({ ids, data }) {
    const order = data.order(ids.order_id)
    return (
      unlessThere(order, 'Order') ?? refuseInput(order?.status === 'released', 'The order is not released')
    )
  },
  end: (data: DataSet, { ownerId }: Job, maker) => {
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

const pair = (kind: JobKind, path: string, run: string, status: string): readonly Operation[] => [
  write(run, `POST ${path}/run`, (request) => request.jobs.run(kind, request)),
  read(status, `${path}/status`, (request) => request.jobs.status(kind, request)),
]

/** One job a line. */
// prettier-ignore
export const JOB_OPERATIONS: readonly Operation[] = [
  ...pair(PERFORMANCE_SIMULATION, `${DESIGN}/performance_simulation`, 'runPerformanceSimulation', 'retrievePerformanceSimulationStatus'),
  ...pair(ofDesign('irradiance_analysis'), `${DESIGN}/irradiance_analysis`, 'runIrradianceAnalysis', 'retrieveIrradianceAnalysisStatus'),
  ...pair(ofDesign('auto_designer'), `${DESIGN}/auto_designer`, 'runAutoDesigner', 'retrieveAutoDesignerStatus'),
  ...pair(ofDesign('fire_pathway_placement'), `${DESIGN}/fire_pathway_placement`, 'runFirePathwayPlacement', 'retrieveFirePathwayPlacementStatus'),
  ...pair(AI_ROOF, `${DESIGN}/ai_roof`, 'runAiRoof', 'retrieveAiRoofStatus'),
  ...pair(PROPOSAL_PDF, `${DESIGN}/proposal_pdf_generation`, 'runProposalPdfGeneration', 'retrieveProposalPdfGenerationStatus'),
  ...pair(AGREEMENT_DOWNLOAD, '/tenants/{tenant_id}/agreements/{agreement_id}/download_url', 'runAgreementDownloadUrl', 'retrieveAgreementDownloadUrlStatus'),
  ...pair(BILL_UPLOAD, '/tenants/{tenant_id}/projects/{project_id}/utility_bill_upload', 'runUtilityBillUpload', 'retrieveUtilityBillUploadStatus'),
  ...pair(PROJECT_CREATION, '/tenants/{tenant_id}/orders/{order_id}/project_creation', 'createProjectFromOrder', 'retrieveCreateProjectStatus'),
]
